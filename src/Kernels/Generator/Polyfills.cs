namespace System.Runtime.CompilerServices;

/// <summary>What the compiler asks for to let records be immutable; netstandard2.0 has none.</summary>
internal static class IsExternalInit;
