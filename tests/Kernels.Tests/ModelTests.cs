using System.Reflection;

namespace Gpu.Kernels.Tests;

/// <summary>The kernel model says and does what ILGPU 1.5.3's does (the signatures are its public documentation's).</summary>
public unsafe class ModelTests
{
    [Fact]
    public void View_checks_every_kind_of_index()
    {
        var data = stackalloc float[6];
        var view = new ArrayView<float>(data + 1, 4);
        view[0] = 1f;
        view[1L] = 2f;
        view[new Index1D(2)] = 3f;
        view[new LongIndex1D(3)] = 4f;
        Assert.Equal([0f, 1f, 2f, 3f, 4f, 0f], new Span<float>(data, 6).ToArray());
        foreach (var index in (int[])[-1, 4, int.MaxValue, int.MinValue])
        {
            Refused(() => view[index]);
            Refused(() => view[(long)index]);
            Refused(() => view[new Index1D(index)]);
            Refused(() => view[new LongIndex1D(index)]);
        }

        Refused(() => view[1L << 32]);
        Refused(() => ArrayView<float>.Empty[0]);

        static void Refused(Func<float> access)
        {
            var error = Assert.Throws<ArgumentOutOfRangeException>(() => access());
            Assert.Contains("lies outside a view of", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void View_knows_its_extent()
    {
        var data = stackalloc int[5];
        var view = new ArrayView<int>(data, 5);
        Assert.Equal((5L, 5, 5L, 5, 20L, true),
            (view.Length, view.IntLength, (long)view.Extent, (int)view.IntExtent, view.LengthInBytes, view.IsValid));
        Assert.Equal((4, 8), (ArrayView<int>.ElementSize, ArrayView<double>.ElementSize));
        Assert.Equal((0, false), (ArrayView<int>.Empty.IntLength, ArrayView<int>.Empty.IsValid));
    }

    [Fact]
    public void Sub_views_and_casts_stay_inside()
    {
        var data = stackalloc int[] { 0, 1, 2, 3, 4, 5, 6 };
        var view = new ArrayView<int>(data, 7);
        Assert.Equal((3, 4), (view.SubView(3)[0], view.SubView(3).IntLength));
        Assert.Equal((2, 3), (view.SubView(2, 3)[0], view.SubView(2, 3).IntLength));
        Assert.Equal((2, 3), (view.SubView(2L, 3L)[0], view.SubView(2L, 3L).IntLength));
        Assert.Equal(0, view.SubView(7).IntLength);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ArrayView<int>(null, 7).SubView(8));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ArrayView<int>(null, 7).SubView(-1, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ArrayView<int>(null, 7).SubView(1, 7));
        var pairs = view.Cast<long>();
        Assert.Equal((3, 2L + (3L << 32)), (pairs.IntLength, pairs[1]));
    }

    [Fact]
    public void Linear_index_mixes_with_integers()
    {
        Index1D i = 7;
        int plain = i;
        LongIndex1D wide = i;
        Assert.Equal((7, 7L, 7u), (plain, (long)wide, (uint)i));
        Assert.Equal((9, 5, 14, 3), ((i + 2).X, (i - 2).X, (i * 2).X, (i / 2).X));
        Assert.Equal(1, i % 3);
        Assert.Equal(3, i >> 1);
        Assert.Equal(3, i & 3);
        Assert.True(i < 8 && i == 7 && i != 8);
        i++;
        Assert.Equal(8, i.X);
        Assert.Equal((2, 8, 5), (Index1D.Min(i, 2).X, Index1D.Max(i, 2).X, Index1D.Clamp(i, 1, 5).X));
        Assert.Equal((0, 1, -1), (Index1D.Zero.X, Index1D.One.X, Index1D.Invalid.X));
        Assert.Equal(5, ((Index1D)new LongIndex1D(5)).X);
        Assert.Throws<OverflowException>(() => (Index1D)new LongIndex1D(1L << 31));
    }

    [Fact]
    public void Plane_and_space_indices_work_part_by_part()
    {
        Index2D p = (3, 4);
        var (x, y) = (p + new Index2D(1, 2)) * new Index2D(2, 3) - new Index2D(1, 1);
        Assert.Equal((7, 17), (x, y));
        Assert.Equal(new Index2D(1, 2), p / new Index2D(3, 2));
        Assert.Equal((12, 12L), (p.Size, p.LongSize));
        Index3D s = (2, 3, 4);
        Assert.Equal(s, new Index3D(new Index2D(2, 3), 4));
        Assert.Equal(s, new Index3D(2, new Index2D(3, 4)));
        Assert.Equal((new Index2D(2, 3), new Index2D(3, 4), 24), (s.XY, s.YZ, s.Size));
        Assert.Equal(new Index3D(7, 11, 15), (s + s) * new Index3D(2, 2, 2) - Index3D.One);
        Assert.True(s != Index3D.Zero && p == new Index2D(3, 4));
    }

    [Fact]
    public void Atomics_return_the_old_value()
    {
        var (i, u, l, f) = (5, 5u, 5L, 5f);
        var d = 5.0;
        Index1D index = 5;
        Assert.Equal((5, 7), (Atomic.Add(ref i, 2), i));
        Assert.Equal((5L, 7L), (Atomic.Add(ref l, 2), l));
        Assert.Equal((5f, 7.5f), (Atomic.Add(ref f, 2.5f), f));
        Assert.Equal((5.0, 7.5), (Atomic.Add(ref d, 2.5), d));
        Assert.Equal((5, 7), (Atomic.Add(ref index, 2).X, index.X));
        Assert.Equal((5u, 2u), (Atomic.Add(ref u, unchecked((uint)-3)), u));
        Assert.Equal((7, 9), (Atomic.Max(ref i, 9), i));
        Assert.Equal((9, 9), (Atomic.Max(ref i, -1), i));
        Assert.Equal((9, -2), (Atomic.Min(ref i, -2), i));
        Assert.Equal((2u, 0xFFFFFFFFu), (Atomic.Max(ref u, 0xFFFFFFFFu), u));
        Assert.Equal((7.5f, -1f), (Atomic.Min(ref f, -1f), f));
        i = 0b1100;
        Assert.Equal((0b1100, 0b1000), (Atomic.And(ref i, 0b1010), i));
        Assert.Equal((0b1000, 0b1011), (Atomic.Or(ref i, 0b0011), i));
        Assert.Equal((0b1011, 0b1110), (Atomic.Xor(ref i, 0b0101), i));
        Assert.Equal((0b1110, 3), (Atomic.Exchange(ref i, 3), i));
    }

    [Fact]
    public void Atomic_float_tells_the_zeros_apart()
    {
        var f = -0f;
        Assert.Equal(0x80000000u, Interop.FloatAsInt(Atomic.Add(ref f, 0f)));
        Assert.Equal(0u, Interop.FloatAsInt(f));
    }

    [Fact]
    public void Compare_exchange_takes_the_comparand_before_the_value()
    {
        var i = 5;
        Assert.Equal(5, Atomic.CompareExchange(ref i, 5, 8));
        Assert.Equal(8, i);
        Assert.Equal(8, Atomic.CompareExchange(ref i, 5, 9));
        Assert.Equal(8, i);
    }

    [Fact]
    public void Atomics_of_many_threads_lose_nothing()
    {
        var sum = 0f;
        var largest = int.MinValue;
        Parallel.For(0, 4, thread =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                Atomic.Add(ref sum, 1f);
                Atomic.Max(ref largest, (thread * 10_000) + i);
            }
        });
        Assert.Equal((40_000f, 39_999), (sum, largest));
    }

    [Fact]
    public void Specialized_value_is_its_value()
    {
        var value = SpecializedValue.New(5);
        Assert.Equal(6, value + 1);
        value.Value = 7;
        Assert.Equal(new SpecializedValue<int>(7), value);
    }

    [Fact]
    public void Lanes_exist_only_while_a_kernel_runs()
    {
        Assert.Throws<InvalidOperationException>(Group.Barrier);
        Assert.Throws<InvalidOperationException>(() => Grid.IdxX);
        Assert.Throws<InvalidOperationException>(() => SharedMemory.Allocate<int>(1).IntLength);
        Assert.Throws<InvalidOperationException>(() => LocalMemory.Allocate<int>(1).IntLength);
    }

    [Theory]
    [InlineData(typeof(ArrayView<>), "Cast SubView get_Extent get_IntExtent get_IntLength get_IsValid get_Item get_Length get_LengthInBytes")]
    [InlineData(typeof(Group), "Barrier BarrierAnd BarrierOr BarrierPopCount Broadcast get_DimX get_DimY get_DimZ get_Dimension get_IdxX " +
        "get_IdxY get_IdxZ get_Index get_IsFirstThread get_IsLastThread get_LinearIndex")]
    [InlineData(typeof(Grid), "ComputeGlobalIndex get_DimX get_DimY get_DimZ get_Dimension get_GlobalIndex get_GlobalLinearIndex get_IdxX " +
        "get_IdxY get_IdxZ get_Index get_LinearIndex get_LongGlobalIndex")]
    [InlineData(typeof(SharedMemory), "Allocate")]
    [InlineData(typeof(LocalMemory), "Allocate")]
    [InlineData(typeof(Atomic), "Add And CompareExchange Exchange Max Min Or Xor")]
    [InlineData(typeof(MemoryFence), "DeviceLevel GroupLevel SystemLevel")]
    [InlineData(typeof(Interop), "FloatAsInt IntAsFloat")]
    public void Model_offers_nothing_that_ILGPU_has_not(Type type, string members)
    {
        const BindingFlags Declared = BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;
        Assert.Equal(members.Split(' '), type.GetMethods(Declared).Select(m => m.Name).Distinct().Order(StringComparer.Ordinal));
    }
}
