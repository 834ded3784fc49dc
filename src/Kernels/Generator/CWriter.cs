using System.Text;

namespace Gpu.Kernels.Generator;

/// <summary>Lines of C, indented.</summary>
internal sealed class CWriter
{
    private readonly StringBuilder _text = new();
    private int _depth;

    /// <summary>A line; where the text breaks, it goes on one level deeper.</summary>
    internal void Line(string text)
    {
        var indent = new string(' ', 4 * _depth);
        _text.Append(indent).Append(text.Replace("\n", $"\n{indent}    ")).Append('\n');
    }

    /// <summary>A line for the preprocessor, which is never indented.</summary>
    internal void Directive(string text) => _text.Append(text).Append('\n');

    internal void Blank() => _text.Append('\n');

    internal void Open()
    {
        Line("{");
        _depth++;
    }

    internal void Close(string tail = "")
    {
        _depth--;
        Line("}" + tail);
    }

    internal void Indent() => _depth++;

    internal void Unindent() => _depth--;

    public override string ToString() => _text.ToString();
}
