using System.Collections;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Gpu.Kernels.Generator;

/// <summary>What a piece of C text is; the text lists the kinds in this order.</summary>
internal enum CPartKind
{
    Constant,
    Struct,
    Function,
    Kernel,
}

/// <summary>A piece of C text that several kernels may need.</summary>
internal sealed record CPart(CPartKind Kind, string Name, string Text);

/// <summary>A parameter of a kernel as the registry describes it.</summary>
/// <param name="Name">The parameter's name.</param>
/// <param name="Kind">The name of a member of <c>KernelParameterKind</c>.</param>
/// <param name="Type">The C# type of the value, or of a view's elements.</param>
internal sealed record ParameterInfo(string Name, string Kind, string Type);

/// <summary>A finding, free of symbols so that it can be compared from one compilation to the next.</summary>
internal sealed record Finding(string Id, string Subject, string Advice, string Path, TextSpan Span, LinePositionSpan Lines)
{
    internal Diagnostic ToDiagnostic() =>
        Diagnostic.Create(Findings.Descriptors[Id], Location.Create(Path, Span, Lines), Subject, Advice);
}

/// <summary>One translated kernel with everything it needs; dependencies stand before what uses them.</summary>
/// <param name="FullName">Namespace, type and method, as reflection writes them.</param>
/// <param name="EntryName">The C function.</param>
/// <param name="Dimensions">The rank of the index; 0 where the kernel is explicitly grouped.</param>
/// <param name="Parameters">Without the index.</param>
/// <param name="Parts">The last one is the kernel.</param>
/// <param name="Findings">Why it cannot be translated; empty where it could.</param>
internal sealed record KernelUnit(string FullName, string EntryName, int Dimensions, ValueList<ParameterInfo> Parameters,
    ValueList<CPart> Parts, ValueList<Finding> Findings);

/// <summary>A list that is equal to another with equal elements, as incremental generators need it.</summary>
internal sealed class ValueList<T>(IEnumerable<T> items) : IReadOnlyList<T>, IEquatable<ValueList<T>>
{
    private readonly T[] _items = [.. items];

    public int Count => _items.Length;

    public T this[int index] => _items[index];

    public bool Equals(ValueList<T>? other) => other is not null && _items.SequenceEqual(other._items);

    public override bool Equals(object? obj) => Equals(obj as ValueList<T>);

    public override int GetHashCode() =>
        _items.Aggregate(_items.Length, (hash, item) => unchecked((hash * 31) + (item?.GetHashCode() ?? 0)));

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
