using Gpu.Training.Data;

namespace Gpu.Training.Tests.Data;

/// <summary>Samples that a run knows again by hashes of their inputs.</summary>
public sealed class KnownSamplesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Samples_are_known_again_in_any_order_and_from_a_file()
    {
        var all = Different(300);
        var (hash, known) = KnownSamples.Of(all.Take(200), all.Select(Range(200, 60)), null, all.Select(Range(260, 20)));
        Assert.Equal(DataHash.Of(all.Take(200), all.Select(Range(200, 60)), null, all.Select(Range(260, 20))), hash);
        known.Save(_folder.File("known.bin"));
        var found = KnownSamples.Load(_folder.File("known.bin")).Find(all.Select([.. Enumerable.Range(0, 300).Reverse()]));
        Assert.True(found is { AreLearned: true, AreAllKnown: true });
        Assert.Equal((200, 60, 20, 20), (found.CountOf(SamplePart.Learned), found.CountOf(SamplePart.Validation), found.CountOf(SamplePart.Test), found.CountOf(SamplePart.New)));
        Assert.Equal((SamplePart.New, SamplePart.Test, SamplePart.Validation, SamplePart.Learned), (found.Parts[19], found.Parts[20], found.Parts[40], found.Parts[100]));
        Assert.False(known.Find(all.Select(Range(200, 100))).AreLearned);
    }

    [Fact]
    public void A_sample_is_its_inputs_and_what_is_to_be_learned_of_it()
    {
        var (_, known) = KnownSamples.Of(Set([1, 2, 3, 4, 5, 6], [0, 1, 0]), null, null);
        Assert.Equal(3, known.Find(Set([5, 6, 1, 2, 3, 4], [0, 0, 1])).CountOf(SamplePart.Learned));
        Assert.Equal(2, known.Find(Set([5, 6, 1, 2, 3, 4], [0, 1, 1])).CountOf(SamplePart.Learned));
        Assert.Equal(1, known.Find(Set([5, 6, 2, 1, 3, 5], [0, 0, 1])).CountOf(SamplePart.Learned));
    }

    [Fact]
    public void Of_samples_that_are_alike_each_part_has_its_own()
    {
        var (_, known) = KnownSamples.Of(Set([1, 2, 1, 2, 3, 4], [0, 0, 1]), Set([1, 2, 5, 6], [0, 0]), Set([1, 2], [0]));
        Assert.Equal(
            [SamplePart.Learned, SamplePart.Validation, SamplePart.Learned, SamplePart.Learned, SamplePart.Validation, SamplePart.Test, SamplePart.Learned],
            known.Find(Set([1, 2, 5, 6, 1, 2, 3, 4, 1, 2, 1, 2, 1, 2], [0, 0, 0, 1, 0, 0, 0])).Parts);
    }

    [Fact]
    public void Rows_that_are_alike_by_chance_are_no_sign_of_having_been_learned_from()
    {
        // Two inputs of eight values each: of 400 rows nearly every new one has a twin among them.
        var some = Dice(400, 1);
        var (_, known) = KnownSamples.Of(some, null, null);
        var found = known.Find(Dice(100, 2));
        Assert.InRange(found.CountOf(SamplePart.Learned), 90, 100);
        Assert.False(found.AreLearned);

        // Where most are alone, a few of the same are a sign.
        var (_, sure) = KnownSamples.Of(Different(300), null, null);
        Assert.True(sure.Find(Different(2)).AreLearned);
    }

    [Fact]
    public void A_run_that_went_on_with_a_model_knows_the_samples_of_both()
    {
        var all = Different(30);
        var (_, first) = KnownSamples.Of(all.Take(10), all.Select(Range(20, 5)), null);
        var (_, second) = KnownSamples.Of(all.Select(Range(10, 10)), null, null);
        second.Add(first);
        var found = second.Find(all);
        Assert.Equal((20, 5, 5), (found.CountOf(SamplePart.Learned), found.CountOf(SamplePart.Validation), found.CountOf(SamplePart.New)));
    }

    [Fact]
    public void Of_very_many_samples_a_share_is_kept_that_is_the_same_for_who_looks_them_up()
    {
        var part = new HashedPart(expected: 5000, most: 600);
        ulong[] hashes = [.. Enumerable.Range(0, 5000).Select(n => SampleHash.Of(BitConverter.GetBytes(n)))];
        Array.ForEach(hashes, part.Add);
        part.Sort();
        Assert.Equal((5000, 4), (part.Count, part.Bits));
        Assert.InRange(part.Hashes.Length, 250, 380);
        Assert.All(hashes, hash => Assert.Equal(part.Keeps(hash), part.Find(hash) is var (first, end) && end == first + 1));
        var other = new HashedPart(expected: 1);
        other.Add(part);
        Assert.Equal((part.Count, part.Bits, part.Hashes.Length), (other.Count, other.Bits, other.Hashes.Length));
    }

    [Fact]
    public void A_damaged_file_is_refused()
    {
        var (_, known) = KnownSamples.Of(Different(30), null, null);
        known.Save(_folder.File("known.bin"));
        var bytes = File.ReadAllBytes(_folder.File("known.bin"));
        Assert.Equal(8 + (3 * 16) + (30 * 8) + 8, bytes.Length);
        for (var place = 0; place < bytes.Length; place += 3)
        {
            byte[] flipped = [.. bytes];
            flipped[place] ^= 4;
            Refuses(flipped);
            Refuses(bytes[..place]);
        }

        Refuses([.. bytes, 0]);
    }

    private void Refuses(byte[] content)
    {
        var error = Assert.Throws<TrainingException>(() => KnownSamples.Load(_folder.Write("bad.bin", content)));
        Assert.Equal(Failure.ModelFile, error.Failure);
        Assert.Contains("bad.bin: expected the hashes", error.Message, StringComparison.Ordinal);
    }

    private static int[] Range(int first, int count) => [.. Enumerable.Range(first, count)];

    private static DataSet Different(int count) => Set([.. Enumerable.Range(0, count).SelectMany(n => (byte[])[(byte)(n / 256), (byte)n])], new byte[count]);

    private static DataSet Dice(int count, int seed)
    {
        var random = new System.Random(seed);
        return Set([.. Enumerable.Range(0, 2 * count).Select(_ => (byte)random.Next(8))], new byte[count]);
    }

    private static DataSet Set(byte[] values, byte[] labels) => new("made", values, labels, 1, 2, 2);
}
