using Microsoft.CodeAnalysis;

namespace Gpu.Generator.Tests;

/// <summary>What cannot be translated is an error with an id, at its line, that says what to write instead.</summary>
public class FindingTests
{
    public static TheoryData<string, string, string> Bodies { get; } = new()
    {
        { "KRN001", "foreach (var c in \"\") { }", "with if, for, while" },
        { "KRN001", "throw new Exception();", "with if, for, while" },
        { "KRN001", "try { } finally { }", "with if, for, while" },
        { "KRN001", "again: if (count > 0) { goto again; }", "with if, for, while" },
        { "KRN001", "int Local() => 1; n[0] = Local();", "with if, for, while" },
        { "KRN001", "n[0] = checked(count + 1);", "arithmetic wraps" },
        { "KRN001", "checked { count += 1; }", "arithmetic wraps" },
        { "KRN001", "Func<int> f = () => 1;", "static" },
        { "KRN001", "int a, b; (a, b) = (1, 2); n[0] = a + b;", "one variable at a time" },
        { "KRN001", "n[0] = count switch { 1 => 2 };", "_ => value" },
        { "KRN001", "n[0] = n[i] switch { 1 => 2, _ => 3 };", "into a variable first" },
        { "KRN001", "switch (count) { case > 3: break; }", "with if" },
        { "KRN001", "var a = new int[3]; n[0] = a[0];", "ArrayView" },
        { "KRN002", "double d = count; x[i] = (float)d;", "write float" },
        { "KRN002", "x[i] = (float)(2.5 * count);", "float" },
        { "KRN002", "nint p = count; n[i] = (int)p;", "write int" },
        { "KRN002", "char c = 'a'; n[i] = c;", "ushort" },
        { "KRN002", "string s = null; n[i] = s == null ? 1 : 0;", "ArrayView and structs" },
        { "KRN002", "Half h = (Half)x[i]; x[i] = (float)h;", "ArrayView and structs" },
        { "KRN003", "x[i] = MathF.Exp(x[i]);", "KernelMath" },
        { "KRN003", "x[i] = MathF.Max(x[i], 0f);", "KernelMath" },
        { "KRN003", "x[i] = Math.Clamp(x[i], 0f, 1f);", "KernelMath.Clamp" },
        { "KRN003", "n[i] = (int)BitConverter.SingleToUInt32Bits(x[i]);", "SingleToInt32Bits" },
        { "KRN003", "System.Threading.Interlocked.Add(ref n[0], 1);", "Atomic" },
        { "KRN003", "n[i] = \"\".GetHashCode();", "no objects" },
        { "KRN004", "var a = LocalMemory.Allocate<float>(count); x[i] = a[0];", "const" },
        { "KRN005", "Group.Barrier();", "drop the index parameter" },
        { "KRN005", "n[i] = Group.IdxX;", "drop the index parameter" },
        { "KRN005", "var a = SharedMemory.Allocate<float>(4); x[i] = a[0];", "drop the index parameter" },
        { "KRN006", "x[i] = LocalMemory.Allocate<float>(4)[0];", "a variable of its own" },
        { "KRN009", "var a = 0; n[i] = a++ + 1;", "statement of its own" },
        { "KRN009", "int a; n[i] = (a = count) + 1;", "statement of its own" },
        { "KRN009", "n[i] = Atomic.Add(ref n[0], 1) + Atomic.Add(ref n[1], 1);", "into a variable first" },
        { "KRN009", "n[i] = Atomic.Add(ref n[0], 1) + n[1];", "into a variable first" },
        { "KRN009", "n[Atomic.Add(ref n[0], 1)] += 2;", "into a variable first" },
        { "KRN010", "var v = count > 0 ? x : x.SubView(1); x[i] = v[0];", "SubView or Cast" },
        { "KRN010", "var a = 0; Atomic.Add(ref a, 1);", "plain assignment" },
        { "KRN010", "var a = LocalMemory.Allocate<float>(4); var v = x.SubView(0); v = a; x[i] = v[0];", "keeps its kind of memory" },
        { "KRN011", "x[(long)count] = 0f;", "(int)index" },
        { "KRN011", "x[new LongIndex1D(count)] = 0f;", "(int)index" },
        { "KRN012", "if (i < x.Length) { x[i] = 0f; }", "IntLength" },
        { "KRN015", "n[i] = Index1D.One;", "write the number" },
    };

    public static TheoryData<string, string, string> Sources { get; } = new()
    {
        { "KRN003", "public static class T { public static void AKernel(Index1D i, ArrayView<int> n) { n[i] = Other(1); } [System.Runtime.InteropServices.DllImport(\"c\")] private static extern int Other(int a); }", "static method in this project" },
        { "KRN006", "public static class T { public static void AKernel(ArrayView<int> n) { Fill(n); } private static void Fill(ArrayView<int> n) { var a = SharedMemory.Allocate<int>(4); n[0] = a[0]; } }", "kernel itself" },
        { "KRN006", "public static class T { public static void AKernel(ArrayView<int> n) { if (n[0] > 0) { var a = SharedMemory.Allocate<int>(4); n[0] = a[0]; } } }", "kernel itself" },
        { "KRN007", "public static class T { internal static void AKernel(Index1D i, ArrayView<int> n) { } }", "public" },
        { "KRN007", "internal static class T { public static void AKernel(Index1D i, ArrayView<int> n) { } }", "public" },
        { "KRN007", "public static class T { public static void AKernel(Index1D i, ArrayView<int> n, bool b) { } }", "0 or 1" },
        { "KRN007", "public static class T { public static void AKernel(Index1D i, ArrayView<int> n, ref int r) { } }", "view" },
        { "KRN007", "public static class T { public static void AKernel(ArrayView<int> n, Index1D i) { } }", "first parameter" },
        { "KRN007", "public static class T { public static void AKernel(Index1D i, ArrayView<int> n, int a, int b, int c, int d, int e, int f, int g, int h, int j, int k, int l, int m, int o, int p) { } }", "at most 14" },
        { "KRN008", "public static class T { public static void AKernel(Index1D i, ArrayView<int> n) { n[i] = F(3); } private static int F(int a) => a == 0 ? 1 : F(a - 1); }", "write a loop" },
        { "KRN010", "public static class T { public static void AKernel(Index1D i, ArrayView<int> n) { n[i] = F(n)[0]; } private static ArrayView<int> F(ArrayView<int> a) => a; }", "comes from a parameter" },
        { "KRN010", "public struct P { public ArrayView<int> V; } public static class T { public static void AKernel(Index1D i, ArrayView<int> n, P p) { n[i] = p.V[i]; } }", "parameters of their own" },
        { "KRN010", "public struct P { public ArrayView<int> V; } public static class T { public static void AKernel(Index1D i, ArrayView<P> n) { n[0].V[i] = 1; } }", "memory holds no views" },
        { "KRN010", "public struct P { public ArrayView<int> V; } public static class T { public static void AKernel(ArrayView<int> n) { var s = SharedMemory.Allocate<int>(4); var p = new P { V = s }; n[0] = p.V[0]; } }", "global memory" },
        { "KRN007", "public class GroupLanesAttribute(string a) : Attribute { public string A => a; } public interface I { static abstract int L { get; } } public struct P : I { public static int L => 8; } public static class T { [GroupLanes(\"M\")] public static void AKernel<A>(ArrayView<int> n) where A : struct, I { n[0] = A.L; } public static Delegate D() => (Action<ArrayView<int>>)AKernel<P>; }", "'M' must be a static property" },
        { "KRN014", "public struct P { public bool B; } public static class T { public static void AKernel(Index1D i, ArrayView<int> n) { P p = default; n[i] = p.B ? 1 : 0; } }", "int or byte" },
        { "KRN014", "public struct P(int a) { public int A = a; } public static class T { public static void AKernel(Index1D i, ArrayView<int> n) { var p = new P(3); n[i] = p.A; } }", "object initializer" },
        { "KRN015", "public static class T { private static int s; public static void AKernel(Index1D i, ArrayView<int> n) { n[i] = s; } }", "const" },
        { "KRN015", "public static class T { public static readonly int s = 3; public static void AKernel(Index1D i, ArrayView<int> n) { n[i] = s; } }", "const" },
        { "KRN016", "public static class U { public static class T { public static void AKernel(Index1D i, ArrayView<int> n) { n[i] = 4; } } } public static class U_T { public static void AKernel(Index1D i, ArrayView<int> n) { n[i] = 5; } }", "rename" },
        { "KRN013", "public interface IN { static abstract int N { get; } } public static class T<TN> where TN : struct, IN { public static void AKernel(Index1D i, ArrayView<int> n) { n[i] = TN.N; } }", "concrete struct" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public void A_statement_that_cannot_be_translated_is_named(string id, string body, string advice) =>
        Check(Translation.OfBody(body), id, advice, line: 5);

    [Theory]
    [MemberData(nameof(Sources))]
    public void A_declaration_that_cannot_be_translated_is_named(string id, string source, string advice) =>
        Check(Translation.Of(source), id, advice, line: 1);

    [Fact]
    public void Every_finding_of_a_kernel_is_reported_once()
    {
        var translation = Translation.OfBody("x[i] = F(x[i]); x[i] = F(x[i]); x[i] = MathF.Exp(x[i]);", "private static float F(float a) => MathF.Sin(a);");
        Assert.Equal(["KRN003", "KRN003"], translation.Findings.Select(f => f.Id));
    }

    [Fact]
    public void A_kernel_with_findings_is_left_out_of_the_registry()
    {
        var translation = Translation.OfBody("x[i] = MathF.Exp(x[i]);");
        Assert.Empty(translation.Library.Kernels);
    }

    private static void Check(Translation translation, string id, string advice, int line)
    {
        var found = translation.Findings.FirstOrDefault(f => f.Id == id);
        Assert.True(found is not null, $"expected {id}, found: {string.Join("; ", translation.Findings)}");
        Assert.Equal(DiagnosticSeverity.Error, found.Severity);
        Assert.Contains(advice, found.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
        if (id != "KRN016")
        {
            Assert.Equal(line, found.Location.GetLineSpan().StartLinePosition.Line + 1);
            Assert.EndsWith("Test.cs", found.Location.GetLineSpan().Path, StringComparison.Ordinal);
        }
    }
}
