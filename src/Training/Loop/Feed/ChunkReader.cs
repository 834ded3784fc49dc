using System.Runtime.ExceptionServices;
using Gpu.Kernels.Devices;
using Gpu.Training.Data;

namespace Gpu.Training.Loop;

/// <summary>
/// Fills chunks of samples ahead of whoever takes them, on a thread of its own: reading a disk and gathering go on while a device works.
/// A chunk's slot of host memory is filled again once it was given back.
/// </summary>
internal sealed class ChunkReader : IDisposable
{
    private readonly DataSet _data;
    private readonly int _samplesPerChunk;
    private readonly IReadOnlyList<(HostBuffer<byte> Values, HostBuffer<byte> Labels)> _slots;
    private readonly WindowedSamples? _windows;
    private readonly int[] _order;
    private readonly int _chunks;
    private readonly object _lock = new();
    private readonly Thread _thread;
    private ExceptionDispatchInfo? _error;
    private int _next;
    private int _filled;
    private int _released;
    private bool _isActive;
    private bool _isFilling;
    private bool _isEnding;

    /// <summary>Starts the thread, which waits for <see cref="Start"/>.</summary>
    internal ChunkReader(
        DataSet data, SampleShuffle shuffle, int samplesPerChunk, IReadOnlyList<(HostBuffer<byte> Values, HostBuffer<byte> Labels)> slots)
    {
        (_data, _samplesPerChunk, _slots) = (data, samplesPerChunk, slots);

        // Samples in memory need no windows: any of them is as near as any other.
        _windows = !shuffle.IsByBlocks || !data.Samples.IsOnDisk ? null : new WindowedSamples(data.Samples, shuffle);
        _order = new int[data.Count];
        _chunks = (data.Count + samplesPerChunk - 1) / samplesPerChunk;
        _thread = new Thread(Work) { IsBackground = true, Name = "sample reader" };
        _thread.Start();
    }

    /// <summary>Sets the order of an epoch; nothing is read before <see cref="Start"/>.</summary>
    internal void Begin(ReadOnlySpan<int> order)
    {
        lock (_lock)
        {
            Pause();
            order.CopyTo(_order);
            _windows?.Begin(_order);
        }
    }

    /// <summary>Reads from a chunk on. All slots are free.</summary>
    internal void Start(int chunk)
    {
        lock (_lock)
        {
            Pause();
            (_next, _filled, _released, _error, _isActive) = (chunk, chunk, chunk, null, true);
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Waits until a chunk is filled; returns how many samples it has.</summary>
    /// <exception cref="TrainingException">The samples cannot be read any more.</exception>
    internal int Take(int chunk)
    {
        lock (_lock)
        {
            while (_filled <= chunk)
            {
                _error?.Throw();
                Monitor.Wait(_lock);
            }
        }

        return CountOf(chunk);
    }

    /// <summary>Gives the slots of all chunks up to one back.</summary>
    internal void Release(int chunk)
    {
        lock (_lock)
        {
            _released = Math.Max(_released, chunk + 1);
            Monitor.PulseAll(_lock);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isEnding = true;
            Monitor.PulseAll(_lock);
        }

        _thread.Join();
    }

    private int CountOf(int chunk) => (int)Math.Min(_samplesPerChunk, _data.Count - ((long)chunk * _samplesPerChunk));

    /// <summary>Waits until the thread rests.</summary>
    private void Pause()
    {
        _isActive = false;
        while (_isFilling)
        {
            Monitor.Wait(_lock);
        }
    }

    private void Work()
    {
        while (true)
        {
            int chunk;
            lock (_lock)
            {
                while (!_isEnding && !(_isActive && _error is null && _next < _chunks && _next < _released + _slots.Count))
                {
                    Monitor.Wait(_lock);
                }

                if (_isEnding)
                {
                    return;
                }

                (chunk, _isFilling) = (_next, true);
            }

            ExceptionDispatchInfo? error = null;
            try
            {
                Fill(chunk);
            }
            catch (Exception cause)
            {
                // Whoever takes the chunk hears of it.
                error = ExceptionDispatchInfo.Capture(cause);
            }

            lock (_lock)
            {
                (_isFilling, _error) = (false, error);
                (_next, _filled) = error is null ? (chunk + 1, chunk + 1) : (_next, _filled);
                Monitor.PulseAll(_lock);
            }
        }
    }

    private void Fill(int chunk)
    {
        var (first, count) = (chunk * _samplesPerChunk, CountOf(chunk));
        var (values, labels) = _slots[chunk % _slots.Count];
        var places = _order.AsSpan(first, count);
        var room = values.Span[..(count * _data.Samples.Features)];
        if (_windows is null)
        {
            _data.Samples.Gather(places, room);
        }
        else
        {
            _windows.Gather(first, room);
        }

        var answers = labels.Span;
        for (var i = 0; i < count; i++)
        {
            answers[i] = _data.Labels.Length > 0 ? _data.Labels[places[i]] : (byte)0;
        }
    }
}
