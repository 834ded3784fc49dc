using Gpu.Training.Data;

namespace Gpu.Training.Loop;

/// <summary>
/// Gathers samples in an order of <see cref="SampleShuffle"/> on two levels: a window of blocks is read as a whole, each block in one
/// piece, and the next window is read while samples are taken from this one.
/// </summary>
internal sealed class WindowedSamples
{
    private readonly SampleStore _samples;
    private readonly SampleShuffle _shuffle;
    private readonly int _windowSamples;
    private readonly byte[][] _buffers;
    private readonly int[][] _slots;
    private int[] _order = [];
    private int _shortWindow;
    private int _missing;
    private int _window = -1;
    private (int Window, Task Task)? _ahead;

    internal WindowedSamples(SampleStore samples, SampleShuffle shuffle)
    {
        (_samples, _shuffle) = (samples, shuffle);
        _windowSamples = WindowSamples(shuffle, samples.Count);
        var blocks = (samples.Count + shuffle.SamplesPerBlock - 1) / shuffle.SamplesPerBlock;
        _buffers = [new byte[(long)_windowSamples * samples.Features], new byte[(long)_windowSamples * samples.Features]];
        _slots = [new int[blocks], new int[blocks]];
    }

    /// <summary>Bytes that the windows take.</summary>
    internal static long Bytes(SampleShuffle shuffle, int samples, int features) => shuffle.IsByBlocks ? 2L * WindowSamples(shuffle, samples) * features : 0;

    /// <summary>Sets the order of an epoch, which stays as it is until the next.</summary>
    internal void Begin(int[] order)
    {
        _ahead?.Task.Wait();
        (_order, _window, _ahead) = (order, -1, null);

        // All windows have as many samples, but for that of the last block, which may be shorter; those behind it begin earlier.
        var perBlock = _shuffle.SamplesPerBlock;
        var last = (order.Length - 1) / perBlock;
        _missing = ((last + 1) * perBlock) - order.Length;
        _shortWindow = Array.FindIndex(order, sample => sample / perBlock == last) / _windowSamples;
    }

    /// <summary>Copies the samples of places that follow one another.</summary>
    /// <param name="first">The first place.</param>
    /// <param name="destination">Room for whole samples; filled.</param>
    internal void Gather(int first, Span<byte> destination)
    {
        var features = _samples.Features;
        for (var place = first; destination.Length > 0; place++)
        {
            if (_window < 0 || place >= Start(_window + 1) || place < Start(_window))
            {
                Enter(place);
            }

            var (block, within) = Math.DivRem(_order[place], _shuffle.SamplesPerBlock);
            var at = (_slots[_window % 2][block] * _shuffle.SamplesPerBlock) + within;
            _buffers[_window % 2].AsSpan(at * features, features).CopyTo(destination);
            destination = destination[features..];
        }
    }

    private static int WindowSamples(SampleShuffle shuffle, int samples)
    {
        var blocks = (samples + shuffle.SamplesPerBlock - 1) / shuffle.SamplesPerBlock;
        return Math.Min(blocks, shuffle.BlocksPerWindow) * shuffle.SamplesPerBlock;
    }

    /// <summary>The first place of a window.</summary>
    private int Start(int window) => (int)Math.Min(((long)window * _windowSamples) - (window > _shortWindow ? _missing : 0), _order.Length);

    private void Enter(int place)
    {
        var window = place / _windowSamples;
        window += place >= Start(window + 1) ? 1 : 0;
        if (_ahead is { } ahead)
        {
            ahead.Task.GetAwaiter().GetResult();
            _ahead = null;
            if (ahead.Window != window)
            {
                Load(window);
            }
        }
        else
        {
            Load(window);
        }

        _window = window;
        if (Start(window + 1) < _order.Length)
        {
            _ahead = (window + 1, Task.Run(() => Load(window + 1)));
        }
    }

    private void Load(int window)
    {
        var (buffer, slots) = (_buffers[window % 2], _slots[window % 2]);
        Array.Fill(slots, -1);
        var perBlock = _shuffle.SamplesPerBlock;
        var used = 0;
        foreach (var sample in _order.AsSpan(Start(window)..Start(window + 1)))
        {
            var block = sample / perBlock;
            if (slots[block] < 0)
            {
                var count = Math.Min(perBlock, _samples.Count - (block * perBlock));
                _samples.Read(block * perBlock, buffer.AsSpan(used * perBlock * _samples.Features, count * _samples.Features));
                slots[block] = used++;
            }
        }
    }
}
