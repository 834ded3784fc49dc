using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Gpu.Kernels.Devices.Cpu;
using static Gpu.Kernels.Ops.RegisterTile;

namespace Gpu.Kernels.Ops;

/// <summary>
/// A tile of up to six rows of four vectors, where there are 32 registers: nearly square, its 24 sums need ten loads a step where those of two
/// vectors by twelve rows need fourteen. The sums are the same chains as in a <see cref="RegisterTile"/>.
/// </summary>
/// <remarks>
/// Instructions that are not multiply-adds are kept few. On a shared Intel Xeon (Sapphire Rapids), in three spells in which something slowed all
/// tiles but not a loop of multiply-adds in registers, a tile of twelve rows by two vectors, 46 instructions a step, made 113, 125 and 129 GFLOP/s
/// in the median, one like this, of 38, 130, 144 and 148; undisturbed both make 170 to 175. Hence two steps a turn, a constant stride of A, and as
/// few pointers as reach all rows. Steps are written out because the JIT inlines only so much into a method: sums that are handed to a method
/// which is not inlined, or are fields of a struct, lie in memory. A target that takes runs is none of this tile's.
/// </remarks>
internal static unsafe class WideTile
{
    /// <summary>Vectors of a row.</summary>
    public const int Vectors = 4;

    /// <summary>Rows of the highest tile.</summary>
    public const int HighestRows = 6;

    /// <summary>Steps ahead that a tile asks for what it copies: rows of a matrix lie too far apart for the processor to foresee them.</summary>
    private const int CopyAhead = 14;

    /// <summary>The methods for tiles of 1, 2, ... 6 rows.</summary>
    public static delegate*<TileWork*, void>[] Table<TSimd, TVector, TTarget, TOrder, TUse>()
        where TSimd : struct, ISimd<TVector> where TVector : struct where TTarget : struct, ITileTarget where TOrder : struct, IMatrixOrder
        where TUse : struct, IPanelUse =>
    [
        &Run<TSimd, TVector, TTarget, TOrder, TUse, Constant1>, &Run<TSimd, TVector, TTarget, TOrder, TUse, Constant2>,
        &Run<TSimd, TVector, TTarget, TOrder, TUse, Constant3>, &Run<TSimd, TVector, TTarget, TOrder, TUse, Constant4>,
        &Run<TSimd, TVector, TTarget, TOrder, TUse, Constant5>, &Run<TSimd, TVector, TTarget, TOrder, TUse, Constant6>,
    ];

    /// <summary>One tile. As long as it is for the reason that <see cref="RegisterTile"/> gives.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TSimd, TVector, TTarget, TOrder, TUse, TRows>(TileWork* work)
        where TSimd : struct, ISimd<TVector> where TVector : struct where TTarget : struct, ITileTarget where TOrder : struct, IMatrixOrder
        where TUse : struct, IPanelUse where TRows : struct, IConstant
    {
        TVector p0 = TSimd.Zero, q0 = TSimd.Zero, r0 = TSimd.Zero, s0 = TSimd.Zero, p1 = TSimd.Zero, q1 = TSimd.Zero, r1 = TSimd.Zero, s1 = TSimd.Zero;
        TVector p2 = TSimd.Zero, q2 = TSimd.Zero, r2 = TSimd.Zero, s2 = TSimd.Zero, p3 = TSimd.Zero, q3 = TSimd.Zero, r3 = TSimd.Zero, s3 = TSimd.Zero;
        TVector p4 = TSimd.Zero, q4 = TSimd.Zero, r4 = TSimd.Zero, s4 = TSimd.Zero, p5 = TSimd.Zero, q5 = TSimd.Zero, r5 = TSimd.Zero, s5 = TSimd.Zero;
        var c = work->C;
        var cRow = work->CRow / sizeof(float);
        if (TTarget.Continues)
        {
            if (TRows.Value > 0) Read<TSimd, TVector>(c, ref p0, ref q0, ref r0, ref s0);
            if (TRows.Value > 1) Read<TSimd, TVector>(c + cRow, ref p1, ref q1, ref r1, ref s1);
            if (TRows.Value > 2) Read<TSimd, TVector>(c + (2 * cRow), ref p2, ref q2, ref r2, ref s2);
            if (TRows.Value > 3) Read<TSimd, TVector>(c + (3 * cRow), ref p3, ref q3, ref r3, ref s3);
            if (TRows.Value > 4) Read<TSimd, TVector>(c + (4 * cRow), ref p4, ref q4, ref r4, ref s4);
            if (TRows.Value > 5) Read<TSimd, TVector>(c + (5 * cRow), ref p5, ref q5, ref r5, ref s5);
        }

        if (TTarget.Updates)
        {
            // The tile itself is needed only at the end: by then it has come from memory.
            if (TRows.Value > 0) Ask<TSimd, TVector>(c);
            if (TRows.Value > 1) Ask<TSimd, TVector>(c + cRow);
            if (TRows.Value > 2) Ask<TSimd, TVector>(c + (2 * cRow));
            if (TRows.Value > 3) Ask<TSimd, TVector>(c + (3 * cRow));
            if (TRows.Value > 4) Ask<TSimd, TVector>(c + (4 * cRow));
            if (TRows.Value > 5) Ask<TSimd, TVector>(c + (5 * cRow));
        }

        // Two pointers and a stride reach all six rows of A: [p], [p + row], [p + 2 row].
        var aRow = TOrder.IsColumnMajor ? 1 : work->ARow / sizeof(float);
        var aStep = TOrder.IsColumnMajor ? work->AStep / sizeof(float) : 1;
        nint bStep = work->BStep / sizeof(float), aheadStep = work->AheadStep;
        float* a0 = work->A, a3 = a0 + (3 * aRow), b = work->B;
        var ahead = work->Ahead;
        var copy = work->Copy;
        var width = TSimd.Width;
        TVector a, b0, b1, b2, b3;
        for (var pairs = work->Depth >> 1; pairs > 0; pairs--)
        {
            b0 = TSimd.Load(b); b1 = TSimd.Load(b + width); b2 = TSimd.Load(b + (2 * width)); b3 = TSimd.Load(b + (3 * width));
            if (TUse.Copies) Write<TSimd, TVector>(copy, b0, b1, b2, b3);
            if (TRows.Value > 0) { a = TSimd.Broadcast(*a0); p0 = TSimd.Fma(a, b0, p0); q0 = TSimd.Fma(a, b1, q0); r0 = TSimd.Fma(a, b2, r0); s0 = TSimd.Fma(a, b3, s0); }
            if (TRows.Value > 1) { a = TSimd.Broadcast(*(a0 + aRow)); p1 = TSimd.Fma(a, b0, p1); q1 = TSimd.Fma(a, b1, q1); r1 = TSimd.Fma(a, b2, r1); s1 = TSimd.Fma(a, b3, s1); }
            if (TRows.Value > 2) { a = TSimd.Broadcast(*(a0 + (2 * aRow))); p2 = TSimd.Fma(a, b0, p2); q2 = TSimd.Fma(a, b1, q2); r2 = TSimd.Fma(a, b2, r2); s2 = TSimd.Fma(a, b3, s2); }
            if (TRows.Value > 3) { a = TSimd.Broadcast(*a3); p3 = TSimd.Fma(a, b0, p3); q3 = TSimd.Fma(a, b1, q3); r3 = TSimd.Fma(a, b2, r3); s3 = TSimd.Fma(a, b3, s3); }
            if (TRows.Value > 4) { a = TSimd.Broadcast(*(a3 + aRow)); p4 = TSimd.Fma(a, b0, p4); q4 = TSimd.Fma(a, b1, q4); r4 = TSimd.Fma(a, b2, r4); s4 = TSimd.Fma(a, b3, s4); }
            if (TRows.Value > 5) { a = TSimd.Broadcast(*(a3 + (2 * aRow))); p5 = TSimd.Fma(a, b0, p5); q5 = TSimd.Fma(a, b1, q5); r5 = TSimd.Fma(a, b2, r5); s5 = TSimd.Fma(a, b3, s5); }
            b0 = TSimd.Load(b + bStep); b1 = TSimd.Load(b + bStep + width); b2 = TSimd.Load(b + bStep + (2 * width)); b3 = TSimd.Load(b + bStep + (3 * width));
            if (TUse.Copies) Write<TSimd, TVector>(copy + (Vectors * width), b0, b1, b2, b3);
            if (TRows.Value > 0) { a = TSimd.Broadcast(*(a0 + aStep)); p0 = TSimd.Fma(a, b0, p0); q0 = TSimd.Fma(a, b1, q0); r0 = TSimd.Fma(a, b2, r0); s0 = TSimd.Fma(a, b3, s0); }
            if (TRows.Value > 1) { a = TSimd.Broadcast(*(a0 + aStep + aRow)); p1 = TSimd.Fma(a, b0, p1); q1 = TSimd.Fma(a, b1, q1); r1 = TSimd.Fma(a, b2, r1); s1 = TSimd.Fma(a, b3, s1); }
            if (TRows.Value > 2) { a = TSimd.Broadcast(*(a0 + aStep + (2 * aRow))); p2 = TSimd.Fma(a, b0, p2); q2 = TSimd.Fma(a, b1, q2); r2 = TSimd.Fma(a, b2, r2); s2 = TSimd.Fma(a, b3, s2); }
            if (TRows.Value > 3) { a = TSimd.Broadcast(*(a3 + aStep)); p3 = TSimd.Fma(a, b0, p3); q3 = TSimd.Fma(a, b1, q3); r3 = TSimd.Fma(a, b2, r3); s3 = TSimd.Fma(a, b3, s3); }
            if (TRows.Value > 4) { a = TSimd.Broadcast(*(a3 + aStep + aRow)); p4 = TSimd.Fma(a, b0, p4); q4 = TSimd.Fma(a, b1, q4); r4 = TSimd.Fma(a, b2, r4); s4 = TSimd.Fma(a, b3, s4); }
            if (TRows.Value > 5) { a = TSimd.Broadcast(*(a3 + aStep + (2 * aRow))); p5 = TSimd.Fma(a, b0, p5); q5 = TSimd.Fma(a, b1, q5); r5 = TSimd.Fma(a, b2, r5); s5 = TSimd.Fma(a, b3, s5); }
            if (Sse.IsSupported) Sse.Prefetch1(ahead);
            a0 += 2 * aStep;
            a3 += 2 * aStep;
            b += 2 * bStep;
            ahead += 2 * aheadStep;
            if (TUse.Copies)
            {
                copy += 2 * Vectors * width;
                Ask<TSimd, TVector>(b + (CopyAhead * bStep));
                Ask<TSimd, TVector>(b + ((CopyAhead + 1) * bStep));
            }
        }

        if ((work->Depth & 1) != 0)
        {
            b0 = TSimd.Load(b); b1 = TSimd.Load(b + width); b2 = TSimd.Load(b + (2 * width)); b3 = TSimd.Load(b + (3 * width));
            if (TUse.Copies) Write<TSimd, TVector>(copy, b0, b1, b2, b3);
            if (TRows.Value > 0) { a = TSimd.Broadcast(*a0); p0 = TSimd.Fma(a, b0, p0); q0 = TSimd.Fma(a, b1, q0); r0 = TSimd.Fma(a, b2, r0); s0 = TSimd.Fma(a, b3, s0); }
            if (TRows.Value > 1) { a = TSimd.Broadcast(*(a0 + aRow)); p1 = TSimd.Fma(a, b0, p1); q1 = TSimd.Fma(a, b1, q1); r1 = TSimd.Fma(a, b2, r1); s1 = TSimd.Fma(a, b3, s1); }
            if (TRows.Value > 2) { a = TSimd.Broadcast(*(a0 + (2 * aRow))); p2 = TSimd.Fma(a, b0, p2); q2 = TSimd.Fma(a, b1, q2); r2 = TSimd.Fma(a, b2, r2); s2 = TSimd.Fma(a, b3, s2); }
            if (TRows.Value > 3) { a = TSimd.Broadcast(*a3); p3 = TSimd.Fma(a, b0, p3); q3 = TSimd.Fma(a, b1, q3); r3 = TSimd.Fma(a, b2, r3); s3 = TSimd.Fma(a, b3, s3); }
            if (TRows.Value > 4) { a = TSimd.Broadcast(*(a3 + aRow)); p4 = TSimd.Fma(a, b0, p4); q4 = TSimd.Fma(a, b1, q4); r4 = TSimd.Fma(a, b2, r4); s4 = TSimd.Fma(a, b3, s4); }
            if (TRows.Value > 5) { a = TSimd.Broadcast(*(a3 + (2 * aRow))); p5 = TSimd.Fma(a, b0, p5); q5 = TSimd.Fma(a, b1, q5); r5 = TSimd.Fma(a, b2, r5); s5 = TSimd.Fma(a, b3, s5); }
        }

        if (TTarget.Updates)
        {
            a = TSimd.Broadcast(work->Factor);
            if (TRows.Value > 0) Update<TSimd, TVector>(c, a, ref p0, ref q0, ref r0, ref s0);
            if (TRows.Value > 1) Update<TSimd, TVector>(c + cRow, a, ref p1, ref q1, ref r1, ref s1);
            if (TRows.Value > 2) Update<TSimd, TVector>(c + (2 * cRow), a, ref p2, ref q2, ref r2, ref s2);
            if (TRows.Value > 3) Update<TSimd, TVector>(c + (3 * cRow), a, ref p3, ref q3, ref r3, ref s3);
            if (TRows.Value > 4) Update<TSimd, TVector>(c + (4 * cRow), a, ref p4, ref q4, ref r4, ref s4);
            if (TRows.Value > 5) Update<TSimd, TVector>(c + (5 * cRow), a, ref p5, ref q5, ref r5, ref s5);
        }

        if (TRows.Value > 0) Write<TSimd, TVector>(c, p0, q0, r0, s0);
        if (TRows.Value > 1) Write<TSimd, TVector>(c + cRow, p1, q1, r1, s1);
        if (TRows.Value > 2) Write<TSimd, TVector>(c + (2 * cRow), p2, q2, r2, s2);
        if (TRows.Value > 3) Write<TSimd, TVector>(c + (3 * cRow), p3, q3, r3, s3);
        if (TRows.Value > 4) Write<TSimd, TVector>(c + (4 * cRow), p4, q4, r4, s4);
        if (TRows.Value > 5) Write<TSimd, TVector>(c + (5 * cRow), p5, q5, r5, s5);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Read<TSimd, TVector>(float* c, ref TVector first, ref TVector second, ref TVector third, ref TVector fourth)
        where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        first = TSimd.Load(c);
        second = TSimd.Load(c + TSimd.Width);
        third = TSimd.Load(c + (2 * TSimd.Width));
        fourth = TSimd.Load(c + (3 * TSimd.Width));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Ask<TSimd, TVector>(float* c) where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(c);
            Sse.Prefetch0(c + TSimd.Width);
            Sse.Prefetch0(c + (2 * TSimd.Width));
            Sse.Prefetch0(c + (3 * TSimd.Width));
        }
    }

    /// <summary>What a row's sums make of what is stored there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Update<TSimd, TVector>(float* c, TVector factor, ref TVector first, ref TVector second, ref TVector third, ref TVector fourth)
        where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        first = TSimd.Fma(factor, first, TSimd.Load(c));
        second = TSimd.Fma(factor, second, TSimd.Load(c + TSimd.Width));
        third = TSimd.Fma(factor, third, TSimd.Load(c + (2 * TSimd.Width)));
        fourth = TSimd.Fma(factor, fourth, TSimd.Load(c + (3 * TSimd.Width)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write<TSimd, TVector>(float* c, TVector first, TVector second, TVector third, TVector fourth)
        where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        TSimd.Store(c, first);
        TSimd.Store(c + TSimd.Width, second);
        TSimd.Store(c + (2 * TSimd.Width), third);
        TSimd.Store(c + (3 * TSimd.Width), fourth);
    }
}
