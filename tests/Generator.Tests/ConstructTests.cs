using Gpu.Kernels.Accelerators;

namespace Gpu.Generator.Tests;

/// <summary>Each construct of the kernel subset, and what it becomes.</summary>
public class ConstructTests
{
    public static TheoryData<string, string> Bodies { get; } = new()
    {
        // Statements
        { "var a = count; n[i] = a;", "int a = count;\n    n[i] = a;" },
        { "int a; if (count > 1) a = 1; else if (count < 0) { a = 2; } else a = 3; n[i] = a;", "else if (count < 0)\n    {\n        a = 2;\n    }\n    else\n    {" },
        { "for (var k = 0; k < count; k++) { n[i] = k; }", "for (int k = 0; k < count; k++)\n    {" },
        { "for (int k = 0, l = 5; k < l; k += 2, l--) { n[i] = k; }", "for (int k = 0, l = 5; k < l; k += 2, l--)" },
        { "var k = 3; while (k > 0) { k--; if (k == 1) continue; if (k == 2) break; }", "while (k > 0)\n    {\n        k = (int)((uint)k - 1u);\n        if (k == 1)\n        {\n            continue;" },
        { "var k = 3; do { k -= 1; } while (k > 0); n[i] = k;", "do\n    {\n        k = (int)((uint)k - 1u);\n    } while (k > 0);" },
        { "switch (count) { case 1: case 2: n[i] = 1; break; case Test.Limit: return; default: n[i] = 0; break; }", "case 1:\n        case 2:\n        {\n            n[i] = 1;\n            break;\n        }\n        case Test_Limit:" },
        { "{ var a = 1; n[i] = a; }", "    {\n        int a = 1;" },
        { "const int Step = 4; n[i] = count + Step;", "const int Step = 4;" },

        // Expressions
        { "n[i] = count > 1 ? 2 : 3;", "n[i] = count > 1 ? 2 : 3;" },
        { "x[i] = (x[i] + 1f) * 2f - x[i] / 3f;", "x[i] = (x[i] + 1.0f) * 2.0f - x[i] / 3.0f;" },
        { "x[i] = x[i] - (x[i] - 1f);", "x[i] = x[i] - (x[i] - 1.0f);" },
        { "n[i] = count switch { 1 => 10, > 5 and < 9 => 20, 3 or 4 => 30, _ => 40 };", "count == 1 ? 10\n        : count > 5 && count < 9 ? 20\n        : count == 3 || count == 4 ? 30\n        : 40;" },
        { "n[i] = count is 1 or > 7 ? 1 : 0;", "count == 1 || count > 7 ? 1 : 0" },
        { "n[i] = x[i] % 2f > 1f && !(count == 0) ? 1 : 0;", "fmod(x[i], 2.0f) > 1.0f && !(count == 0)" },
        { "n[i] = n[i] & 3 | count ^ ~count;", "n[i] & 3 | count ^ ~count" },
        { "n[i] = 0x7FFF_FFFF & count;", "0x7FFFFFFF & count" },
        { "n[i] = Test.Limit;", "n[i] = Test_Limit;" },
        { "n[i] = (int)Shade.Dark;", "n[i] = Shade_Dark;" },
        { "var s = count > 1 ? Shade.Dark : Shade.Light; n[i] = s == Shade.Dark ? 1 : 0;", "int s = count > 1 ? Shade_Dark : Shade_Light;" },
        { "var half = x[i]; var max = half; x[i] = max;", "float half_ = x[i];\n    float max_ = half_;" },
        { "n[i] = default;", "n[i] = 0;" },
        { "n[i] = sizeof(int);", "n[i] = 4;" },
        { "x[i] = float.NaN; x[i] = float.NegativeInfinity;", "as_float(0xFF800000u)" },

        // Integers wrap, counts of shifts are cut, indices are plain
        { "n[i] = count * 31 + i;", "n[i] = (int)((uint)count * 31u + (uint)i);" },
        { "n[i] = -count;", "n[i] = (int)(0u - (uint)count);" },
        { "n[i] += count;", "n[i] = (int)((uint)n[i] + (uint)count);" },
        { "x[i * count + 1] = 0f;", "x[i * count + 1] = 0.0f;" },
        { "n[i] = 1 << count;", "n[i] = (int)((uint)1 << (count & 31));" },
        { "n[i] = count >> 33;", "n[i] = count >> 1;" },
        { "n[i] = count >>> 2;", "n[i] = (int)((uint)count >> 2);" },
        { "var u = (uint)count; u *= 3; u <<= count; n[i] = (int)u;", "u *= 3u;\n    u = u << (count & 31);" },
        { "var l = (long)count * n[i] + 5000000000L; n[i] = (int)(l >> 40);", "int64 l = (int64)((uint64)count * (uint64)n[i] + (uint64)(((uint64)0x00000001u << 32) | 0x2A05F200u));" },
        { "var b = (byte)n[i]; b += 3; n[i] = b;", "uchar b = (uchar)n[i];\n    b = (uchar)(int)((uint)b + 3u);" },
        { "n[i] = (int)x[i];", "n[i] = int_of_float(x[i]);" },
        { "n[i] = (byte)x[i];", "n[i] = (uchar)int_of_float(x[i]);" },
        { "x[i] = count;", "x[i] = (float)count;" },

        // Views, memory, atomics
        { "n[i] = x.IntLength;", "n[i] = x_length;" },
        { "var row = x.SubView(count * 2, 8); row[1] = row.IntLength;", "__global float* row = x + count * 2;\n    row[1] = (float)8;" },
        { "var rest = x.SubView(3); rest[0] = rest.IntLength;", "__global float* rest = x + 3;\n    int rest_length = x_length - 3;" },
        { "ref var cell = ref n[count]; cell = 3; n[i] = cell;", "__global int* cell = &n[count];\n    *cell = 3;\n    n[i] = *cell;" },
        { "var a = LocalMemory.Allocate<float>(4); for (var k = 0; k < 4; k++) { a[k] = 0f; } x[i] = a[1];", "float a[4];\n    UNROLL\n    for (int k = 0; k < 4; k++)" },
        { "n[i] = Atomic.Add(ref n[0], 5);", "n[i] = atomic_add(&n[0], 5);" },
        { "Atomic.Max(ref x[0], 5f);", "atomic_max_float_global(&x[0], 5.0f);" },
        { "n[i] = Atomic.CompareExchange(ref n[0], 1, 2);", "atomic_cmpxchg(&n[0], 1, 2)" },
        { "x[i] = MathF.Sqrt(MathF.Abs(x[i]));", "sqrt(fabs(x[i]))" },
        { "x[i] = MathF.FusedMultiplyAdd(x[i], 2f, 1f);", "fma(x[i], 2.0f, 1.0f)" },
        { "n[i] = Math.Max(count, 3);", "max(count, 3)" },
        { "n[i] = BitConverter.SingleToInt32Bits(x[i]);", "as_int(x[i])" },
        { "n[i] = float.IsNaN(x[i]) ? 1 : 0;", "is_nan(x[i]) ? 1 : 0" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public void A_construct_becomes_its_counterpart(string body, string expected)
    {
        var translation = Translation.Of($$"""
            public enum Shade { Light = 3, Dark = 5 }
            public static class Test
            {
                public const int Limit = 7;

                public static void TestKernel(Index1D i, ArrayView<float> x, ArrayView<int> n, int count)
                {
                    {{body}}
                }
            }
            """).Clean();
        Assert.Contains(expected, translation.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Helpers_are_functions_and_overloads_keep_apart()
    {
        var text = Translation.OfBody("n[i] = F(n[i], 2) + F(3); Put(n, i, 1);", """
            private static int F(int a, int b) => a;
            private static int F(int a) => F(a, 1);
            private static void Put(ArrayView<int> v, int i, int value) => v[i] = value;
            """).Clean().Text;
        Assert.Contains("FUNCTION int Test_F_int_int(int a, int b)", text, StringComparison.Ordinal);
        Assert.Contains("return Test_F_int_int(a, 1);", text, StringComparison.Ordinal);
        Assert.Contains("Test_Put(n, n_length, i, 1);", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_helper_is_made_for_each_memory_that_its_views_lie_in()
    {
        var text = Translation.Of("""
            public static class Test
            {
                public static void TestKernel(ArrayView<float> x)
                {
                    var tile = SharedMemory.Allocate<float>(Size * Size);
                    var own = LocalMemory.Allocate<float>(2);
                    tile[Group.IdxX] = x[Grid.GlobalLinearIndex];
                    own[0] = 1f;
                    Group.Barrier();
                    x[Grid.IdxX] = Sum(x) + Sum(tile) + Sum(own);
                    var total = 0f;
                    Add(ref total, 1f);
                    Add(ref x[0], total);
                }

                private const int Size = 4;
                private static float Sum(ArrayView<float> v) => v[0] + v[v.IntLength - 1];
                private static void Add(ref float a, float b) => a += b;
            }
            """).Clean().Text;
        Assert.Contains("SHARED_ARRAY float tile[16];", text, StringComparison.Ordinal);
        Assert.Contains("barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);", text, StringComparison.Ordinal);
        Assert.Contains("Test_Sum(x, x_length) + Test_Sum_shared(tile, 16) + Test_Sum_private(own, 2)", text, StringComparison.Ordinal);
        Assert.Contains("float Test_Sum_shared(__local float* v, int v_length)", text, StringComparison.Ordinal);
        Assert.Contains("Test_Add_private(&total, 1.0f);", text, StringComparison.Ordinal);
        Assert.Contains("void Test_Add(__global float* a, float b)", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_generic_kernel_is_made_for_each_type_it_is_named_with()
    {
        var translation = Translation.Of("""
            public interface ITile { static abstract int Size { get; } static abstract float Apply(float a); }
            public readonly struct Small : ITile { public static int Size => 4; public static float Apply(float a) => a + 1f; }
            public readonly struct Large : ITile { public static int Size => 16; public static float Apply(float a) => a * 2f; }
            public static class Test
            {
                public static void TestKernel<TTile>(ArrayView<float> x) where TTile : struct, ITile
                {
                    var tile = SharedMemory.Allocate<float>(TTile.Size * TTile.Size);
                    tile[0] = TTile.Size > 8 ? Twice<TTile>(x[0]) : 0f;
                }

                private static float Twice<T>(float a) where T : struct, ITile => T.Apply(T.Apply(a));
                public static Delegate[] All() => [(Action<ArrayView<float>>)TestKernel<Small>, (Action<ArrayView<float>>)TestKernel<Large>];
            }
            """).Clean();
        Assert.Equal(["Gpu.Kernels.Ops.Test.TestKernel<Large>", "Gpu.Kernels.Ops.Test.TestKernel<Small>"], translation.Library.Kernels.Select(k => k.Name));
        Assert.Contains("SHARED_ARRAY float tile[16];\n    tile[0] = 0.0f;", translation.Text, StringComparison.Ordinal);
        Assert.Contains("SHARED_ARRAY float tile[256];\n    tile[0] = Test_Twice_Large(x[0]);", translation.Text, StringComparison.Ordinal);
        Assert.Contains("return Large_Apply(Large_Apply(a));", translation.Text, StringComparison.Ordinal);
        var kernels = (Delegate[])translation.Method("Test", "All").Invoke(null, null)!;
        Assert.Equal("Test_TestKernel_Small", translation.Library.Find(kernels[0].Method).EntryName);
    }

    [Fact]
    public void Structs_hold_views_and_type_arguments_choose_among_them()
    {
        var text = Translation.Of("""
            public class GroupLanesAttribute(string property) : Attribute { public string Property => property; }
            public interface IRows<TSelf> where TSelf : struct { static abstract bool IsWide { get; } static abstract float At(TSelf rows, int i); }
            public interface ISize { static abstract int Lanes { get; } static abstract int Half { get; } }
            public struct Eight : ISize { public static int Lanes => 8; public static int Half => Lanes / 2; }
            public struct Two<T> where T : struct, ISize { public static int Length => 2 * T.Half; }
            public struct Rows : IRows<Rows>
            {
                public ArrayView<float> Data;
                public int Width;
                public static bool IsWide => false;
                public static float At(Rows rows, int i) => rows.Data[i * rows.Width] + rows.Data.IntLength;
            }
            public static class Test
            {
                [GroupLanes("Lanes")]
                public static void TestKernel<TSize>(ArrayView<float> x, int count) where TSize : struct, ISize
                {
                    var tile = SharedMemory.Allocate<float>(Two<TSize>.Length);
                    tile[Group.IdxX] = First(new Rows { Width = count, Data = x.SubView(3, 5) }, count);
                }

                private static float First<T>(T rows, int count) where T : struct, IRows<T>
                {
                    if (T.IsWide)
                    {
                        return 0f;
                    }

                    return T.At(rows, count);
                }

                public static Delegate Named() => (Action<ArrayView<float>, int>)TestKernel<Eight>;
            }
            """).Clean().Text;
        Assert.Contains("typedef struct\n{\n    __global float* Data;\n    int Data_length;\n    int Width;\n} Rows;", text, StringComparison.Ordinal);
        Assert.Contains("return rows.Data[i * rows.Width] + (float)rows.Data_length;", text, StringComparison.Ordinal);
        Assert.Contains("{\n    return Rows_At(rows, count);\n}", text, StringComparison.Ordinal);
        Assert.Contains("__kernel GROUP_LANES(8) void Test_TestKernel_Eight(", text, StringComparison.Ordinal);
        Assert.Contains("SHARED_ARRAY float tile[8];\n    tile[(int)get_local_id(0)] = Test_First_Rows((STRUCT(Rows){ x + 3, 5, count }), count);", text,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Structs_are_values()
    {
        var text = Translation.Of("""
            public struct Float4 { public float X; public float Y; public float Z; public float W; }
            public readonly struct Pair
            {
                public Pair(int a, float b) { A = a; B = b; }
                public int A { get; }
                public float B { get; }
                public float Sum => A + B;
                public static Pair operator +(Pair a, Pair b) => new(a.A + b.A, a.B + b.B);
            }
            public struct Loose { public int A; public float B; }
            public static class Test
            {
                public static void TestKernel(Index1D i, ArrayView<float> x, int count)
                {
                    var four = x.Cast<Float4>()[i];
                    four.Y += four.W;
                    x.Cast<Float4>()[i] = four;
                    var pair = new Pair(count, four.X) + new Pair(1, 2f);
                    var loose = new Loose { B = pair.Sum };
                    loose.A = 3;
                    x[i] = Total(loose);
                }

                private static float Total(Loose l) => l.A + l.B;
            }
            """).Clean().Text;
        Assert.Contains("float4 four = ((__global float4*)x)[i];\n    four.y += four.w;\n    ((__global float4*)x)[i] = four;", text, StringComparison.Ordinal);
        Assert.Contains("typedef struct\n{\n    int A;\n    float B;\n} Pair;", text, StringComparison.Ordinal);
        Assert.Contains("Pair_op_Addition(Pair_new", text, StringComparison.Ordinal);
        Assert.Contains("Loose loose = (STRUCT(Loose){ 0, Pair_get_Sum(pair) });", text, StringComparison.Ordinal);
        Assert.Contains("self.A = a;", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Groups_and_planes_have_their_numbers()
    {
        var text = Translation.Of("""
            public static class Test
            {
                public static void GroupedKernel(ArrayView<int> n, SpecializedValue<int> depth)
                {
                    n[Grid.GlobalLinearIndex] = Group.IdxY + Group.DimX * Grid.IdxY + Grid.DimZ + Group.LinearIndex + Grid.GlobalIndex.X;
                    for (var k = 0; k < depth; k++) { n[0] = depth.Value; }
                    if (Group.IsFirstThread) { n[1] = 1; }
                }

                public static void PlaneKernel(Index2D index, ArrayView<int> n, int width) => n[index.Y * width + index.X] = 1;
            }
            """).Clean().Text;
        Assert.Contains("(uint)get_local_id(1)", text, StringComparison.Ordinal);
        Assert.Contains("MAKE_INT3((int)get_global_id(0), (int)get_global_id(1), (int)get_global_id(2)).x", text, StringComparison.Ordinal);
        Assert.Contains("#define Test_GroupedKernel_depth depth_argument", text, StringComparison.Ordinal);
        Assert.Contains("k < depth; k++", text, StringComparison.Ordinal);
        Assert.Contains("if (index.x >= extent_x || index.y >= extent_y)", text, StringComparison.Ordinal);
        Assert.Contains("n[index.y * width + index.x] = 1;", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_registry_describes_each_kernel()
    {
        var library = Translation.Of("""
            public static class Outer
            {
                public static class Inner
                {
                    public static void GroupedKernel(ArrayView<byte> bytes, int count, SpecializedValue<int> depth) { }
                    public static void PlaneKernel(Index2D i, ArrayView<float> x) { x[i.X] = Helper(1f); }
                    public static void OtherKernel(Index1D i, ArrayView<float> x) { }
                    private static float Helper(float a) => a + 1f;
                    public static void NotAKernel() { }
                }
            }
            """).Clean().Library;
        Assert.Equal(["Gpu.Kernels.Ops.Outer+Inner.GroupedKernel", "Gpu.Kernels.Ops.Outer+Inner.OtherKernel", "Gpu.Kernels.Ops.Outer+Inner.PlaneKernel"],
            library.Kernels.Select(k => k.Name));
        Assert.Equal([0, 1, 2], library.Kernels.Select(k => k.Dimensions));
        Assert.True(library.Kernels[0].IsGrouped);
        Assert.Equal([new("bytes", KernelParameterKind.View, "byte"), new("count", KernelParameterKind.Scalar, "int"), new("depth", KernelParameterKind.Specialized, "int")],
            library.Kernels[0].Parameters);
        Assert.DoesNotContain("Helper", library.Text(KernelLanguage.Cuda, library.Kernels[1]), StringComparison.Ordinal);
        Assert.Contains("Helper", library.Text(KernelLanguage.Cuda, library.Kernels[2]), StringComparison.Ordinal);
    }
}
