using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Gpu.Training.Random;

namespace Gpu.Training.Loop;

/// <summary>
/// How the samples are shuffled: all of them at once (<c>full</c>), or on two levels (<c>blocks:1337,64</c>): blocks of so many samples that
/// follow one another are shuffled, and then the samples within windows of so many blocks, so that a window is read from a disk in a few
/// pieces; or not at all (<c>no</c>), where every epoch has them as the data does. An order is a function of this, the seed and the epoch,
/// wherever the samples lie.
/// </summary>
public sealed record SampleShuffle
{
    private const string FullName = "full";
    private const string NoneName = "no";
    private const string BlocksPrefix = "blocks:";

    /// <summary>Bytes of a block: a disk reads as many in about the time that it takes to find them.</summary>
    private const int BlockBytes = 1 << 20;
    private const int DefaultBlocks = 64;

    private SampleShuffle(bool isShuffled, int samplesPerBlock = 0, int blocksPerWindow = 0) =>
        (IsShuffled, SamplesPerBlock, BlocksPerWindow) = (isShuffled, samplesPerBlock, blocksPerWindow);

    /// <summary>All samples at once.</summary>
    public static SampleShuffle Full { get; } = new(isShuffled: true);

    /// <summary>None: the order of the data, in every epoch.</summary>
    public static SampleShuffle None { get; } = new(isShuffled: false);

    /// <summary>Whether samples are shuffled at all.</summary>
    public bool IsShuffled { get; }

    /// <summary>Samples of a block; 0 where there are no blocks.</summary>
    public int SamplesPerBlock { get; }

    /// <summary>Blocks of a window.</summary>
    public int BlocksPerWindow { get; }

    /// <summary>Whether samples are shuffled block by block.</summary>
    public bool IsByBlocks => SamplesPerBlock > 0;

    /// <summary>
    /// Blocks of 1 MiB, windows of 64 of them, or of 32, 16 and so on where two windows would take more than half of free memory: a run that is
    /// repeated with a little more or less of it has the same order.
    /// </summary>
    /// <param name="features">Bytes of a sample.</param>
    /// <param name="free">Bytes of the host's memory that are free.</param>
    public static SampleShuffle Blocks(int features, long free = long.MaxValue)
    {
        var samples = Math.Max(1, BlockBytes / features);
        var blocks = DefaultBlocks;
        while (blocks > 1 && 2L * blocks * samples * features > free / 2)
        {
            blocks /= 2;
        }

        return new SampleShuffle(isShuffled: true, samples, blocks);
    }

    /// <summary>
    /// What suits samples that are streamed: all at once where they can stay in free memory, else by blocks, because a disk that each sample
    /// is read from by itself would take hours for an epoch.
    /// </summary>
    /// <param name="data">The samples, or a part of them.</param>
    /// <param name="free">Bytes of the host's memory that are free.</param>
    public static SampleShuffle Suited(DataSizes data, long free) => data.IsOnDisk && data.Bytes > free ? Blocks(data.SampleBytes, free) : Full;

    /// <summary>Reads the text form; false where it is none.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out SampleShuffle? shuffle)
    {
        ArgumentNullException.ThrowIfNull(text);
        shuffle = text == FullName ? Full : text == NoneName ? None : null;
        var parts = text.StartsWith(BlocksPrefix, StringComparison.Ordinal) ? text[BlocksPrefix.Length..].Split(',') : [];
        if (parts.Length == 2 && TryCount(parts[0], out var samples) && TryCount(parts[1], out var blocks) && (long)samples * blocks <= int.MaxValue)
        {
            shuffle = new SampleShuffle(isShuffled: true, samples, blocks);
        }

        return shuffle is not null;
    }

    /// <summary>The text form.</summary>
    public override string ToString() => !IsShuffled ? NoneName : !IsByBlocks ? FullName : string.Create(CultureInfo.InvariantCulture, $"{BlocksPrefix}{SamplesPerBlock},{BlocksPerWindow}");

    /// <summary>The order of the samples in an epoch.</summary>
    /// <param name="order">As many places as there are samples; filled with their indices.</param>
    /// <param name="seed">The seed of the run.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    internal void Fill(Span<int> order, ulong seed, int epoch)
    {
        if (!IsByBlocks)
        {
            for (var i = 0; i < order.Length; i++)
            {
                order[i] = i;
            }

            if (IsShuffled)
            {
                new RandomStream(seed, RandomPurpose.Shuffle, epoch).Shuffle(order);
            }

            return;
        }

        var blocks = new int[(order.Length + SamplesPerBlock - 1) / SamplesPerBlock];
        for (var b = 0; b < blocks.Length; b++)
        {
            blocks[b] = b;
        }

        new RandomStream(seed, RandomPurpose.Shuffle, epoch, index: 1).Shuffle(blocks.AsSpan());
        var place = 0;
        for (var window = 0; window * BlocksPerWindow < blocks.Length; window++)
        {
            var start = place;
            foreach (var block in blocks.AsSpan(window * BlocksPerWindow, Math.Min(BlocksPerWindow, blocks.Length - (window * BlocksPerWindow))))
            {
                var end = (int)Math.Min(((long)block + 1) * SamplesPerBlock, order.Length);
                for (var sample = block * SamplesPerBlock; sample < end; sample++)
                {
                    order[place++] = sample;
                }
            }

            new RandomStream(seed, RandomPurpose.Shuffle, epoch, index: 2 + window).Shuffle(order[start..place]);
        }
    }

    private static bool TryCount(string text, out int count) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count > 0;
}
