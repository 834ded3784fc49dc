using System.Runtime.CompilerServices;

namespace Gpu.Kernels.Devices;

/// <summary>
/// What a native call was about, for the message of its failure: the text is put together only where the call has failed, so
/// that a checked call allocates nothing.
/// </summary>
[InterpolatedStringHandler]
internal ref struct CallDetail
{
    private DefaultInterpolatedStringHandler _text;

    /// <summary>Called by the compiler, before the text's parts are worked out.</summary>
    /// <param name="literalLength">Characters outside the holes.</param>
    /// <param name="formattedCount">Holes.</param>
    /// <param name="code">What the call returned; 0 is success.</param>
    /// <param name="failed">Whether the text is wanted.</param>
    public CallDetail(int literalLength, int formattedCount, int code, out bool failed)
    {
        failed = code != 0;
        _text = failed ? new DefaultInterpolatedStringHandler(literalLength, formattedCount) : default;
    }

    /// <summary>Called by the compiler.</summary>
    public void AppendLiteral(string value) => _text.AppendLiteral(value);

    /// <summary>Called by the compiler.</summary>
    public void AppendFormatted<T>(T value, string? format = null) => _text.AppendFormatted(value, format);

    /// <summary>The text, once.</summary>
    internal string Take() => _text.ToStringAndClear();
}
