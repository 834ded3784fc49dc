using System.Globalization;
using Gpu.Kernels.Ops;
using Gpu.Training.Networks;
using Gpu.Training.Recipes;

namespace Gpu.Training.Layers;

/// <summary>The words of one layer, read from left to right.</summary>
internal sealed class LayerWords
{
    private readonly LayerKind _kind;
    private readonly string _text;
    private readonly List<string> _rest;

    /// <summary>Words of a kind of layer; its own word is taken already.</summary>
    internal LayerWords(LayerKind kind, string text)
    {
        (_kind, _text) = (kind, text);
        _rest = [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Skip(1)];
    }

    /// <summary>All words, for messages.</summary>
    internal string Text => _text;

    /// <summary>The refusal of what was said.</summary>
    internal TrainingException Refusal(string found) => TrainingException.BadUsage(
        $"Expected a layer such as \"{_kind.Example}\", found \"{_text}\": {found}{(found.EndsWith('?') ? "" : ".")}");

    /// <summary>A whole number of at least 1.</summary>
    internal int Count(string what) =>
        TryNext(out var word) && Integer(word, least: 1) is { } count ? count : throw Refusal($"{what} is missing, or no whole number of at least 1");

    /// <summary>Whole numbers of at least 1, one or more, up to the last word.</summary>
    internal IReadOnlyList<int> Counts(string what)
    {
        var counts = new List<int> { Count(what) };
        while (_rest.Count > 0)
        {
            counts.Add(Count(what));
        }

        return counts;
    }

    /// <summary>One to three whole numbers with x between, such as 5x5x20.</summary>
    internal int[] Sizes(string what, int least, int most)
    {
        var sizes = TryNext(out var word) ? SizesOf(word, leastSize: 1) : null;
        return sizes is not null && sizes.Length >= least && sizes.Length <= most ? sizes : throw Refusal($"{what} is missing, or not of whole numbers of at least 1");
    }

    /// <summary>The sizes behind a word, one for rows and columns or one for each, such as <c>stride 2</c>; null where the word is not there.</summary>
    internal (int Rows, int Columns)? Pair(string word, int leastSize)
    {
        var at = _rest.IndexOf(word);
        if (at < 0)
        {
            return null;
        }

        var sizes = at + 1 < _rest.Count ? SizesOf(_rest[at + 1], leastSize) : null;
        if (sizes is not { Length: 1 or 2 })
        {
            throw Refusal($"behind {word} there must be one or two whole numbers of at least {leastSize}, such as {word} 2 or {word} 2x1");
        }

        _rest.RemoveRange(at, 2);
        return (sizes[0], sizes[^1]);
    }

    /// <summary>A share, from 0 to below 1.</summary>
    internal float Share(string what) => TryNext(out var word)
        && float.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var share) && share is >= 0 and < 1
        ? share
        : throw Refusal($"{what} is missing, or no number from 0 to below 1");

    /// <summary>The name of an activation; identity where there is none.</summary>
    internal Activation Activation()
    {
        if (_rest.Count == 0)
        {
            return Kernels.Ops.Activation.Identity;
        }

        var name = _rest[0];
        _rest.RemoveAt(0);
        return NetworkNames.TryActivation(name, out var activation) ? activation : throw Refusal(
            $"\"{name}\" is no activation{Nearest.Suggestion(name, NetworkNames.Activations)}");
    }

    /// <summary>Checks that nothing is left.</summary>
    internal void End()
    {
        if (_rest.Count > 0)
        {
            throw Refusal($"\"{_rest[0]}\" is too much");
        }
    }

    private bool TryNext(out string word)
    {
        word = _rest.Count > 0 ? _rest[0] : "";
        if (_rest.Count > 0)
        {
            _rest.RemoveAt(0);
        }

        return word.Length > 0;
    }

    private static int[]? SizesOf(string word, int leastSize)
    {
        var sizes = word.Split('x').Select(part => Integer(part, leastSize)).ToArray();
        return sizes.Contains(null) ? null : [.. sizes.Select(size => size!.Value)];
    }

    private static int? Integer(string text, int least) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least ? value : null;
}
