using Gpu.Kernels.Devices.Cpu;
using Gpu.Kernels.Ops;
using Gpu.Training.Data;
using Gpu.Training.Loop;
using Gpu.Training.Networks;

namespace Gpu.Training.Tests.Loop;

/// <summary>The order of samples on two levels, and that it gives the same bits wherever the samples lie.</summary>
public sealed class SampleShuffleTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1000, "blocks:10,7")]
    [InlineData(1003, "blocks:10,7")]
    [InlineData(1003, "blocks:10,200")]
    [InlineData(5, "blocks:10,3")]
    [InlineData(100, "blocks:1,1")]
    public void A_window_holds_whole_blocks_and_an_epoch_every_sample_once(int count, string text)
    {
        Assert.True(SampleShuffle.TryParse(text, out var shuffle));
        Assert.Equal(text, shuffle.ToString());
        var (order, other) = (new int[count], new int[count]);
        shuffle.Fill(order, seed: 5, epoch: 3);
        Assert.Equal(Enumerable.Range(0, count), order.Order());
        shuffle.Fill(other, 5, 3);
        Assert.Equal(order, other);
        shuffle.Fill(other, 5, 4);
        Assert.True(count < 10 || !order.SequenceEqual(other));

        // Every window is made of whole blocks, each of which stands in one window.
        var blocks = new HashSet<int>();
        for (var start = 0; start < count;)
        {
            var members = order[start..].Select(sample => sample / shuffle.SamplesPerBlock).Distinct().Take(shuffle.BlocksPerWindow).ToArray();
            var size = members.Sum(block => Math.Min(shuffle.SamplesPerBlock, count - (block * shuffle.SamplesPerBlock)));
            var window = order[start..(start + size)];
            Assert.Equal(members.Order(), window.Select(sample => sample / shuffle.SamplesPerBlock).Distinct().Order());
            Assert.All(members, block => Assert.True(blocks.Add(block)));
            start += size;
        }
    }

    [Fact]
    public void Without_a_shuffle_every_epoch_has_the_order_of_the_data()
    {
        Assert.True(SampleShuffle.TryParse("no", out var shuffle));
        Assert.Equal("no", shuffle.ToString());
        Assert.NotEqual(SampleShuffle.Full, shuffle);
        var order = new int[100];
        foreach (var epoch in new[] { 0, 3 })
        {
            shuffle.Fill(order, seed: 5, epoch);
            Assert.Equal(Enumerable.Range(0, 100), order);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("blocks:0,4")]
    [InlineData("blocks:4")]
    [InlineData("blocks:100000,100000")]
    [InlineData("half")]
    public void Other_texts_are_no_shuffle(string text) => Assert.False(SampleShuffle.TryParse(text, out _));

    [Theory]
    [InlineData("full", 32)]
    [InlineData("full", 1)]
    [InlineData("no", 32)]
    [InlineData("no", 1)]
    [InlineData("blocks:10,7", 32)]
    [InlineData("blocks:64,3", 5)]
    public void Resident_and_streamed_from_memory_and_from_a_file_give_the_same_bits(string text, int batch)
    {
        Assert.True(SampleShuffle.TryParse(text, out var shuffle));
        var memory = Samples.Make(1003, height: 9, width: 9);
        var path = _folder.Write("values", memory.Values);
        var file = new DataSet("file", new FileSamples(path, path, 0, memory.Count, memory.Features), memory.Labels, 9, 9, memory.Classes);
        var expected = Train(memory, DataMode.Resident, shuffle, batch);
        Assert.Equal(expected, Train(memory, DataMode.Streamed, shuffle, batch));
        Assert.Equal(expected, Train(file, DataMode.Resident, shuffle, batch));
        Assert.Equal(expected, Train(file, DataMode.Streamed, shuffle, batch));

        // What a validation part leaves of them.
        int[] some = [.. Enumerable.Range(0, 1003).Where(i => i % 10 != 7)];
        Assert.Equal(Train(memory.Select(some), DataMode.Resident, shuffle, batch), Train(file.Select(some), DataMode.Streamed, shuffle, batch));
        Assert.NotEqual(expected, Train(memory, DataMode.Resident, shuffle == SampleShuffle.Full ? SampleShuffle.Blocks(60_000) : SampleShuffle.Full, batch));
    }

    [Fact]
    public void What_does_not_fit_into_memory_is_shuffled_by_blocks_or_a_part_of_it()
    {
        var memory = Samples.Make(1003, height: 9, width: 9);
        var path = _folder.Write("values", memory.Values);
        var file = new DataSet("file", new FileSamples(path, path, 0, memory.Count, memory.Features), memory.Labels, 9, 9, memory.Classes);
        var thin = new DataSet("thin", new FileSamples(path, path, 0, memory.Count, 1), memory.Labels, 1, 1, memory.Classes);
        int[] some = [.. Enumerable.Range(0, 1003).Where(i => i % 10 != 7)];
        foreach (var data in new[] { file, file.Select(some), file.Take(900), thin.Select(some) })
        {
            Assert.Equal(SampleShuffle.Blocks(data.Features, data.Samples.Bytes - 1), SampleShuffle.Suited(DataSizes.Of(data), data.Samples.Bytes - 1));
            Assert.Same(SampleShuffle.Full, SampleShuffle.Suited(DataSizes.Of(data), data.Samples.Bytes));
        }

        Assert.Same(SampleShuffle.Full, SampleShuffle.Suited(DataSizes.Of(memory.Select(some)), 1000));
        Assert.Equal("blocks:1337,64", SampleShuffle.Blocks(784).ToString());
        Assert.Equal("blocks:1337,64", SampleShuffle.Blocks(784, 300_000_000).ToString());
        Assert.Equal("blocks:1337,32", SampleShuffle.Blocks(784, 250_000_000).ToString());
        Assert.Equal("blocks:1337,32", SampleShuffle.Blocks(784, 150_000_000).ToString());
        Assert.Equal("blocks:1,1", SampleShuffle.Blocks(300_000_000, 1_000_000_000).ToString());
    }

    [Fact]
    public void A_file_that_ends_early_ends_the_epoch_with_a_sentence()
    {
        var data = Samples.Make(2000, height: 16, width: 16);
        var path = _folder.Write("values", data.Values);
        var file = new DataSet("file", new FileSamples(path, path, 0, data.Count, data.Features), data.Labels, 16, 16, data.Classes);
        Assert.Equal(data.Statistics.Density, file.Statistics.Density);
        using (var other = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            other.SetLength(1000);
        }

        foreach (var shuffle in new[] { SampleShuffle.Full, SampleShuffle.Blocks(data.Features) })
        {
            var error = Assert.Throws<TrainingException>(() => Train(file, DataMode.Streamed, shuffle, batch: 32));
            Assert.Contains("became shorter", error.Message, StringComparison.Ordinal);
        }
    }

    private static float[] Train(DataSet data, DataMode mode, SampleShuffle shuffle, int batch)
    {
        using var cpu = new CpuAccelerator(new CpuOptions { Threads = 2 });
        var shape = NetworkShape.Dense(data.Features, [8], data.Classes, [Activation.Relu], Activation.Identity, Loss.CrossEntropy);
        using var trainer = TrainerTests.Begin(cpu, shape, data, new TrainerOptions { BatchSize = batch, DataMode = mode, Shuffle = shuffle });
        var rates = Enumerable.Repeat(0.05f, trainer.StepsPerEpoch).ToArray();
        trainer.TrainEpoch(0, rates);

        // The second epoch in two parts, as a run that is stopped and goes on has it.
        var stop = trainer.StepsPerEpoch / 2;
        var part = batch == 1 ? default : trainer.TrainEpoch(1, rates, EpochPosition.Start, stop);
        trainer.TrainEpoch(1, rates, batch == 1 ? EpochPosition.Start : part.Position, trainer.StepsPerEpoch);
        return trainer.GetParameters();
    }
}
