using Gpu.Training.Data;

namespace Gpu.Host.Sets;

/// <summary>The data of runs that go on beside one another, loaded when the first of them asks for it.</summary>
internal sealed class SharedData
{
    private readonly Lock _lock = new();
    private SharedTable? _table;
    private LoadedData? _samples;

    /// <summary>The table of columns.</summary>
    internal SharedTable Table(IReadOnlyList<string> paths, TableOptions options)
    {
        lock (_lock)
        {
            return _table ??= SharedTable.Read(paths, options);
        }
    }

    /// <summary>The samples of bytes.</summary>
    internal LoadedData Samples(Func<LoadedData> load)
    {
        lock (_lock)
        {
            return _samples ??= load();
        }
    }

    /// <summary>What is divided into folds, once it is loaded: the number of each row or sample, counted from 1, and its class, all alike where a quantity is learned.</summary>
    internal (int[] Numbers, byte[] Labels) Rows()
    {
        lock (_lock)
        {
            return _table is not null ? _table.Rows() : ([.. Enumerable.Range(1, _samples!.Train.Count)], _samples.Train.Labels);
        }
    }
}
