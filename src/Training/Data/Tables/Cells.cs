namespace Gpu.Training.Data;

/// <summary>A list that grows by pieces, so that a column of any length is never copied.</summary>
internal sealed class Cells<T>
{
    private const int Shift = 16;
    private const int Mask = (1 << Shift) - 1;
    private readonly List<T[]> _pieces = new(1);

    /// <summary>How many there are.</summary>
    internal int Count { get; private set; }

    /// <summary>One of them.</summary>
    internal T this[int index]
    {
        get => _pieces[index >> Shift][index & Mask];
        set => _pieces[index >> Shift][index & Mask] = value;
    }

    /// <summary>Adds one.</summary>
    internal void Add(T value)
    {
        if ((Count & Mask) == 0)
        {
            // The first piece grows from little: a table of few rows may have very many columns.
            _pieces.Add(new T[Count == 0 ? 4 : Mask + 1]);
        }
        else if (Count == _pieces[^1].Length && _pieces.Count == 1)
        {
            var first = _pieces[0];
            Array.Resize(ref first, 2 * first.Length);
            _pieces[0] = first;
        }

        _pieces[Count >> Shift][Count & Mask] = value;
        Count++;
    }

    /// <summary>All of them in one array.</summary>
    internal T[] ToArray()
    {
        var all = new T[Count];
        for (var piece = 0; piece < _pieces.Count; piece++)
        {
            var from = piece << Shift;
            _pieces[piece].AsSpan(0, Math.Min(_pieces[piece].Length, Count - from)).CopyTo(all.AsSpan(from));
        }

        return all;
    }
}
