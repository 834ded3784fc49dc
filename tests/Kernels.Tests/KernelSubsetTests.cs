using Gpu.Kernels.Tests.Subset;
using Microsoft.CodeAnalysis;

namespace Gpu.Kernels.Tests;

/// <summary>Every kernel says only what all backends understand; and the check sees what they do not.</summary>
public class KernelSubsetTests
{
    [Fact]
    public void Every_kernel_stays_within_the_subset()
    {
        var library = SubsetSource.Library;
        Assert.Empty(Errors(library, SubsetSource.IsOperation));
        Assert.NotEmpty(KernelSubset.Kernels(library, SubsetSource.IsOperation));
        var findings = KernelSubset.Check(library, SubsetSource.IsOperation);
        Assert.True(findings.Count == 0, string.Join(Environment.NewLine, findings));
    }

    [Fact]
    public void What_is_allowed_is_not_reported() => Assert.Empty(Check("""
        public struct Float4 { public float A; public float B; public float C; public float D; }
        public enum Kind { One, Two }
        public interface ITile { static abstract int Size { get; } static abstract float Apply(float x); }
        public readonly struct Tile8 : ITile
        {
            public static int Size => 8;
            public static float Apply(float x) => x * 2f;
        }
        public static class Sample
        {
            private const int Width = 4;
            public static void IndexKernel(Index1D i, ArrayView<float> x, SpecializedValue<int> n, int kind, float scale, bool flag, ArrayView<float> y)
            {
                var tile = LocalMemory.Allocate<float>(2 * Width);
                for (var k = 0; k < n; k++) { tile[k] = x[i] * scale; }
                var four = x.Cast<Float4>()[i];
                var sum = four.A + (flag ? four.B : 0f);
                do { sum += tile[0]; } while (sum < 0f);
                while (sum > float.MaxValue) { sum -= 1f; break; }
                sum += (Kind)kind switch { Kind.One => 1f, Kind.Two => Helper(sum), _ => 0f };
                switch (kind) { case 0: sum += 1f; break; default: sum -= 1f; break; }
                var bits = (uint)BitConverter.SingleToInt32Bits(sum) >> 3;
                if (i < y.IntLength) { y[i] = sum + bits; }
                y[i + 1] = x[(long)n.Value];
            }
            public static void GroupKernel<TTile>(ArrayView<float> x, ArrayView<int> count) where TTile : struct, ITile
            {
                var shared = SharedMemory.Allocate<float>(TTile.Size * Width);
                shared[Group.IdxX] = TTile.Apply(x[Grid.GlobalIndex.X]);
                Group.Barrier();
                Atomic.Add(ref count[0], 1);
                MemoryFence.GroupLevel();
            }
            private static float Helper(float x) => x * 0.5f;
        }
        """));

    [Theory]
    [InlineData("call", "y[i] = MathF.Exp(y[i]);")]
    [InlineData("call", "y[i] = MathF.Log(y[i]);")]
    [InlineData("call", "y[i] = MathF.Tanh(y[i]);")]
    [InlineData("call", "y[i] = MathF.Pow(y[i], 2f);")]
    [InlineData("call", "y[i] = MathF.Sqrt(y[i]);")]
    [InlineData("call", "y[i] = MathF.Max(y[i], 0f);")]
    [InlineData("call", "y[i] = Math.Clamp(y[i], 0f, 1f);")]
    [InlineData("call", "y[i] = float.IsNaN(y[i]) ? 0f : 1f;")]
    [InlineData("call", "y[i] = BitConverter.SingleToUInt32Bits(y[i]);")]
    [InlineData("call", "y[i] = BitConverter.UInt32BitsToSingle(5u);")]
    [InlineData("call", "y[i] = System.Runtime.CompilerServices.Unsafe.BitCast<int, float>(3);")]
    [InlineData("call", "Interlocked.MemoryBarrier();")]
    [InlineData("type", "Span<float> s = default; y[i] = s.Length;")]
    [InlineData("type", "y[i] = (float)(Half)y[i];")]
    [InlineData("type", "y[i] = (float)(y[i] * 0.5);")]
    [InlineData("type", "ulong u = 3; y[i] = u;")]
    [InlineData("type", "short u = 3; y[i] = u;")]
    [InlineData("type", "var s = \"text\"; y[i] = 1f;")]
    [InlineData("type", "object o = 1; y[i] = 1f;")]
    [InlineData("type", "y[i] = System.Numerics.Vector4.One.X;")]
    [InlineData("syntax", "unsafe { float* s = stackalloc float[3]; y[i] = s[0]; }")]
    [InlineData("syntax", "Span<float> s = stackalloc float[3]; y[i] = s[0];")]
    [InlineData("syntax", "var a = new float[3]; y[i] = a[0];")]
    [InlineData("syntax", "float[] a = [1f, 2f]; y[i] = a[0];")]
    [InlineData("syntax", "var (a, b) = (1f, 2f); y[i] = a + b;")]
    [InlineData("syntax", "float F(float x) => x; y[i] = F(1f);")]
    [InlineData("syntax", "Func<float, float> f = x => x; y[i] = f(1f);")]
    [InlineData("syntax", "try { y[i] = 1f; } finally { y[i] = 2f; }")]
    [InlineData("syntax", "throw new InvalidOperationException();")]
    [InlineData("syntax", "start: y[i] = 1f; goto start;")]
    [InlineData("syntax", "ref var r = ref y[i]; r = 1f;")]
    [InlineData("syntax", "checked { y[i] = (int)i + 1; }")]
    [InlineData("name", "var half = 0.5f; y[i] = half;")]
    [InlineData("length", "if (i < y.Length) { y[i] = 1f; }")]
    [InlineData("length", "for (var k = 0; k != y.Length; k++) { y[k] = 1f; }")]
    [InlineData("groups", "Group.Barrier(); y[i] = 1f;")]
    [InlineData("groups", "y[i] = Group.IdxX;")]
    [InlineData("groups", "y[i] = Grid.DimX;")]
    [InlineData("groups", "y[i] = SharedMemory.Allocate<float>(4)[0];")]
    [InlineData("extent", "y[i] = LocalMemory.Allocate<float>((int)i)[0];")]
    [InlineData("extent", "y[i] = LocalMemory.Allocate<float>(n)[0];")]
    [InlineData("extent", "y[i] = LocalMemory.Allocate<float>(SizeField)[0];")]
    [InlineData("allocation", "for (var k = 0; k < 3; k++) { y[i] = LocalMemory.Allocate<float>(4)[0]; }")]
    [InlineData("allocation", "y[i] = i == 0 ? LocalMemory.Allocate<float>(4)[0] : 1f;")]
    [InlineData("static", "y[i] = Table[0];")]
    [InlineData("static", "y[i] = SizeField;")]
    [InlineData("constructor", "y[i] = new Pair(1f).A;")]
    [InlineData("instance", "y[i] = default(Pair).Twice();")]
    [InlineData("recursion", "y[i] = Recursive(3);")]
    [InlineData("ref", "var z = 1f; ByReference(ref z); y[i] = z;")]
    public void Forbidden_statement_is_reported(string rule, string statement) => Expect(rule, $$"""
        public struct Pair
        {
            public float A;
            public Pair(float a) => A = a;
            public float Twice() => 2f * A;
        }
        public static class Sample
        {
            private static readonly float[] Table = { 1f };
            private static readonly int SizeField = 3;
            public static void SampleKernel(Index1D i, SpecializedValue<int> n, ArrayView<float> y)
            {
                {{statement}}
            }
            private static float Recursive(int n) => n == 0 ? 1f : Recursive(n - 1);
            private static void ByReference(ref float x) => x = 2f;
        }
        """);

    [Theory]
    [InlineData("public", "public static class Sample { internal static void SampleKernel(Index1D i, ArrayView<float> y) { y[i] = 1f; } }")]
    [InlineData("public", "internal static class Sample { public static void SampleKernel(Index1D i, ArrayView<float> y) { y[i] = 1f; } }")]
    [InlineData("public", "internal struct Pair { public float A; } public static class Sample { internal static void SampleKernel(Index1D i, ArrayView<Pair> y) { } }")]
    [InlineData("returns", "public static class Sample { public static int SampleKernel(Index1D i) => 3; }")]
    [InlineData("parameters", "public static class Sample { public static void SampleKernel(Index1D i, int a, int b, int c, int d, int e, int f, int g, int h, int j, " +
        "int k, int l, int m, int n, int o, int p) { } }")]
    [InlineData("index-parameter", "public static class Sample { public static void SampleKernel(ArrayView<float> y, Index1D i) { } }")]
    [InlineData("type", "public static class Sample { public static void SampleKernel(Index1D i, float[] y) { } }")]
    [InlineData("type", "public struct Bad { public string Text; } public static class Sample { public static void SampleKernel(Index1D i, Bad y) { } }")]
    [InlineData("shadow", "public static class Group { }")]
    [InlineData("shadow", "public static class Accelerator { }")]
    public void Forbidden_declaration_is_reported(string rule, string declarations) => Expect(rule, declarations);

    [Theory]
    [InlineData("call", "public static float Apply(float x) => MathF.Exp(x);")]
    [InlineData("groups", "public static float Apply(float x) { Group.Barrier(); return x; }")]
    public void What_a_kernel_calls_is_walked_too(string rule, string member)
    {
        Expect(rule, $$"""
            public static class Sample { public static void SampleKernel(Index1D i, ArrayView<float> y) => y[i] = Helper.Apply(y[i]); }
            public static class Helper { {{member}} }
            """);
        Expect(rule, $$"""
            public interface IFunction { static abstract float Apply(float x); }
            public readonly struct Function : IFunction { {{member}} }
            public static class Sample
            {
                public static void SampleKernel<T>(Index1D i, ArrayView<float> y) where T : struct, IFunction => y[i] = T.Apply(y[i]);
            }
            """);
    }

    [Theory]
    [InlineData("uint")]
    [InlineData("ushort")]
    [InlineData("byte")]
    [InlineData("nint")]
    public void Compiler_itself_refuses_other_indices_than_int_and_long(string type)
    {
        var compilation = SubsetSource.WithModel("namespace Gpu.Kernels.Ops;\npublic static class Sample { public static void SampleKernel(" +
            $"Index1D i, {type} n, ArrayView<float> y) {{ y[n] = 1f; }} }}");
        Assert.Equal("CS0121", Assert.Single(Errors(compilation, IsSample)).Id);
    }

    [Fact]
    public void Finding_names_file_and_line()
    {
        var finding = Assert.Single(Check("public static class Sample\n{\n    public static void SampleKernel(Index1D i, ArrayView<float> y) =>\n" +
            "        y[i] = MathF.Exp(1f);\n}"));
        Assert.StartsWith("Sample.cs:5: SampleKernel: MathF.Exp", finding.ToString(), StringComparison.Ordinal);
    }

    private static void Expect(string rule, string declarations) =>
        Assert.Contains(Check(declarations), finding => finding.Rule == rule);

    private static IReadOnlyList<SubsetFinding> Check(string declarations)
    {
        var compilation = SubsetSource.WithModel("namespace Gpu.Kernels.Ops;\n" + declarations);
        Assert.Empty(Errors(compilation, IsSample));
        return KernelSubset.Check(compilation, IsSample);
    }

    private static bool IsSample(SyntaxTree tree) => tree.FilePath == "Sample.cs";

    /// <summary>Of the chosen files alone: what other files take from the generator is not there.</summary>
    private static IEnumerable<Diagnostic> Errors(Compilation compilation, Func<SyntaxTree, bool> isChosen) =>
        compilation.SyntaxTrees.Where(isChosen)
            .SelectMany(tree => compilation.GetSemanticModel(tree).GetDiagnostics(null, TestContext.Current.CancellationToken))
            .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
}
