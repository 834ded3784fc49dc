using System.Security.Cryptography;
using Gpu.Training.Data;

namespace Gpu.Training.Tests.Data;

public class DigitsTests
{
    [Fact]
    public void The_first_images_are_the_same_bits_on_every_machine()
    {
        Assert.Equal("4fd42c4e9c82c047f7009a6fbd1783ed2f863d730feb49bd2ea725c6e858fd5e", Digest(Digits.Train(200)));
        Assert.Equal("f6ae1efd1de03dc28c82ef8c4f36426ff5416a4e77d2cd691cd20c9fa08f74e4", Digest(Digits.Test(200)));
    }

    [Fact]
    public void An_image_depends_on_its_number_alone()
    {
        var few = Digits.Train(100);
        var many = Digits.Train(1300);
        Assert.Equal(few.Values, many.Values[..few.Values.Length]);
        Assert.Equal(few.Labels, many.Labels[..100]);
    }

    [Fact]
    public void Images_look_like_MNIST_to_a_counter()
    {
        var data = Digits.Train(2000);
        Assert.Equal((784, 28, 28, 10), (data.Features, data.Height, data.Width, data.Classes));
        var share = data.Values.Count(value => value > 0) / (double)data.Values.Length;
        Assert.True(share is > 0.15 and < 0.25, $"{share:P1} of the pixels carry ink");
        for (var digit = 0; digit < 10; digit++)
        {
            var count = data.Labels.Count(label => label == digit);
            Assert.True(count is > 150 and < 250, $"{count} times {digit} in 2,000");
        }

        for (var i = 0; i < data.Count; i++)
        {
            var inked = data.Sample(i).ToArray().Count(value => value > 0);
            Assert.True(inked is > 20 and < 450, $"image {i} has {inked} inked pixels");
        }
    }

    [Fact]
    public void No_image_comes_twice()
    {
        var (train, test) = (Digits.Train(2000), Digits.Test(2000));
        var different = new HashSet<string>();
        for (var i = 0; i < 2000; i++)
        {
            different.Add(Convert.ToBase64String(train.Sample(i)));
            different.Add(Convert.ToBase64String(test.Sample(i)));
        }

        Assert.Equal(4000, different.Count);
    }

    /// <summary>The mean of each class serves as a template: good enough to prove the labels right, too poor to solve the set.</summary>
    [Fact]
    public void Labels_belong_to_their_images_and_templates_do_not_solve_the_set()
    {
        var (train, test) = (Digits.Train(5000), Digits.Test(1000));
        var counts = Enumerable.Range(0, 10).Select(digit => train.Labels.Count(label => label == digit)).ToArray();
        var means = new double[10, 784];
        for (var i = 0; i < train.Count; i++)
        {
            for (var pixel = 0; pixel < 784; pixel++)
            {
                means[train.Labels[i], pixel] += train.Sample(i)[pixel] / (double)counts[train.Labels[i]];
            }
        }

        var correct = Enumerable.Range(0, test.Count).Count(i => Nearest(means, test.Sample(i)) == test.Labels[i]);
        Assert.True(correct is > 500 and < 950, $"{correct} of 1,000");
    }

    private static int Nearest(double[,] means, ReadOnlySpan<byte> sample)
    {
        var (best, least) = (-1, double.PositiveInfinity);
        for (var digit = 0; digit < 10; digit++)
        {
            var distance = 0.0;
            for (var pixel = 0; pixel < 784; pixel++)
            {
                distance += (sample[pixel] - means[digit, pixel]) * (sample[pixel] - means[digit, pixel]);
            }

            (best, least) = distance < least ? (digit, distance) : (best, least);
        }

        return best;
    }

    private static string Digest(DataSet data) => Convert.ToHexStringLower(SHA256.HashData([.. data.Values, .. data.Labels]));
}
