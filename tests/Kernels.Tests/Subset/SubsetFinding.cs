using Microsoft.CodeAnalysis;

namespace Gpu.Kernels.Tests.Subset;

/// <summary>Something a kernel must not say.</summary>
/// <param name="Rule">The rule's name.</param>
/// <param name="Place">File and line.</param>
/// <param name="Message">What was found, and what to write instead.</param>
internal sealed record SubsetFinding(string Rule, string Place, string Message)
{
    internal static SubsetFinding At(SyntaxNode node, string rule, string message)
    {
        var span = node.GetLocation().GetLineSpan();
        return new SubsetFinding(rule, $"{span.Path}:{span.StartLinePosition.Line + 1}", message);
    }

    public override string ToString() => $"{Place}: {Message} [{Rule}]";
}
