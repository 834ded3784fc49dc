using Microsoft.CodeAnalysis;

namespace Gpu.Kernels.Generator;

/// <summary>The ids of what cannot be translated. Every message names the subject and says what to write instead.</summary>
internal static class Findings
{
    /// <summary>A statement or expression without a counterpart in C.</summary>
    internal const string Construct = "KRN001";

    /// <summary>A type that not every device has.</summary>
    internal const string Type = "KRN002";

    /// <summary>A call of a method without source, or of one that devices compute differently.</summary>
    internal const string Call = "KRN003";

    /// <summary>An array whose size is not a constant.</summary>
    internal const string ArraySize = "KRN004";

    /// <summary>Groups in a kernel whose groups the device chooses.</summary>
    internal const string ImplicitGroup = "KRN005";

    /// <summary>Memory allocated where C cannot declare it.</summary>
    internal const string Allocation = "KRN006";

    /// <summary>A kernel that cannot be launched as it is declared.</summary>
    internal const string Signature = "KRN007";

    /// <summary>A method that calls itself.</summary>
    internal const string Recursion = "KRN008";

    /// <summary>A value that depends on the order of evaluation, which C leaves open.</summary>
    internal const string Order = "KRN009";

    /// <summary>A view, or a reference, used as C cannot use a pointer.</summary>
    internal const string View = "KRN010";

    /// <summary>A view indexed by something else than an int.</summary>
    internal const string Index = "KRN011";

    /// <summary>The 64-bit length of a view.</summary>
    internal const string Length = "KRN012";

    /// <summary>A type parameter that no type is given for.</summary>
    internal const string TypeArgument = "KRN013";

    /// <summary>A struct that C lays out otherwise, or cannot construct.</summary>
    internal const string Struct = "KRN014";

    /// <summary>A field that is not a constant.</summary>
    internal const string State = "KRN015";

    /// <summary>Two functions of one name.</summary>
    internal const string Name = "KRN016";

    private const string Category = "Kernels";

    internal static IReadOnlyDictionary<string, DiagnosticDescriptor> Descriptors { get; } = new[]
    {
        Describe(Construct, "Construct outside the kernel subset"),
        Describe(Type, "Type outside the kernel subset"),
        Describe(Call, "Call outside the kernel subset"),
        Describe(ArraySize, "Array size that is not a constant"),
        Describe(ImplicitGroup, "Group operation in an implicitly grouped kernel"),
        Describe(Allocation, "Device memory allocated in a wrong place"),
        Describe(Signature, "Kernel signature"),
        Describe(Recursion, "Recursion in a kernel"),
        Describe(Order, "Order of evaluation"),
        Describe(View, "View or reference used as a value"),
        Describe(Index, "View indexed by something else than an int"),
        Describe(Length, "64-bit length in a kernel"),
        Describe(TypeArgument, "Type parameter without a type"),
        Describe(Struct, "Struct outside the kernel subset"),
        Describe(State, "Field that is not a constant"),
        Describe(Name, "Two functions of one name"),
    }.ToDictionary(d => d.Id);

    private static DiagnosticDescriptor Describe(string id, string title) =>
        new(id, title, "{0} cannot be translated for devices: {1}", Category, DiagnosticSeverity.Error, isEnabledByDefault: true);
}
