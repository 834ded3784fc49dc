using System.Globalization;

namespace Gpu.Kernels.Ops;

/// <summary>
/// An optimizer with its settings, in text <c>adam</c> or <c>adam:beta1=0.95,eps=1e-7</c>; a switch is on where it is named,
/// <c>sgd:nesterov</c>.
/// </summary>
public sealed class OptimizerChoice : IEquatable<OptimizerChoice>
{
    private readonly double[] _values;

    private OptimizerChoice(Optimizer optimizer, double[] values) => (Optimizer, _values) = (optimizer, values);

    /// <summary>The optimizer, its settings at their defaults.</summary>
    public OptimizerChoice(Optimizer optimizer) : this(Known(optimizer), [.. optimizer.Settings.Select(setting => setting.Default)]) { }

    /// <summary>Plain gradient descent.</summary>
    public static OptimizerChoice Default { get; } = new(Optimizers.All[0]);

    /// <summary>The optimizer.</summary>
    public Optimizer Optimizer { get; }

    /// <summary>The value of a setting.</summary>
    public double this[string setting] => _values[Index(setting)];

    /// <summary>The same with another value of a setting, which is not judged.</summary>
    public OptimizerChoice With(string setting, double value)
    {
        var values = _values.ToArray();
        values[Index(setting)] = value;
        return new OptimizerChoice(Optimizer, values);
    }

    /// <summary>Reads the text form; null where a name is unknown or a value is out of range.</summary>
    public static OptimizerChoice? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? text : text[..colon];
        if (Optimizers.All.FirstOrDefault(optimizer => optimizer.Name == name) is not { } found)
        {
            return null;
        }

        var choice = new OptimizerChoice(found);
        foreach (var part in colon < 0 ? [] : text[(colon + 1)..].Split(',', StringSplitOptions.TrimEntries))
        {
            if (choice.With(part) is not { } changed)
            {
                return null;
            }

            choice = changed;
        }

        return choice;
    }

    /// <summary>What texts there are, for messages: every optimizer, and the settings of those that have some.</summary>
    public static string Expected
    {
        get
        {
            var settings = Optimizers.All.SelectMany(
                optimizer => optimizer.Settings.Select(setting => $"{optimizer.Name}:{setting.Expected}"));
            return $"{string.Join(", ", Optimizers.Names.SkipLast(1))} or {Optimizers.Names[^1]}, with settings where they have some "
                + $"({string.Join("; ", settings)})";
        }
    }

    /// <inheritdoc/>
    public bool Equals(OptimizerChoice? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as OptimizerChoice);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>The text form, without the settings that are at their defaults.</summary>
    public override string ToString()
    {
        var given = Optimizer.Settings.Select((setting, i) => (setting, Value: _values[i])).Where(pair => pair.Value != pair.setting.Default)
            .Select(pair => pair.setting.IsSwitch ? pair.setting.Name : $"{pair.setting.Name}={Text(pair.Value)}")
            .ToList();
        return given.Count == 0 ? Optimizer.Name : $"{Optimizer.Name}:{string.Join(',', given)}";
    }

    /// <summary>A number as the text form has it: <c>1e-07</c>.</summary>
    public static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture).ToLowerInvariant();

    private static Optimizer Known(Optimizer optimizer)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        return optimizer;
    }

    /// <summary>The choice with one setting of a text such as <c>beta1=0.95</c>; null where it is none.</summary>
    private OptimizerChoice? With(string part)
    {
        var equals = part.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? part : part[..equals];
        if (Optimizer.Settings.FirstOrDefault(setting => setting.Name == name) is not { } setting || (equals < 0 && !setting.IsSwitch))
        {
            return null;
        }

        var value = 1.0;
        var isNumber = equals < 0 || double.TryParse(part.AsSpan(equals + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out value);
        return isNumber && setting.Takes(value) ? With(name, value) : null;
    }

    private int Index(string setting)
    {
        for (var i = 0; i < _values.Length; i++)
        {
            if (Optimizer.Settings[i].Name == setting)
            {
                return i;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(setting), setting, $"{Optimizer.Name} has no such setting.");
    }
}
