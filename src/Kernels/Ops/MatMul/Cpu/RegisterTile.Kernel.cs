using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>
/// The inner loop of every matrix product on the CPU: a tile of C, up to twelve rows of one or two vectors, whose sums stay
/// in registers while k runs. Each element is one chain of fused multiply-adds in ascending k, so that its bits depend on
/// neither the vector width nor where the tiles lie.
/// </summary>
internal static unsafe class RegisterTile
{
    /// <summary>
    /// Rows of the highest tile. 24 sums of 512 bits leave registers for two vectors of B and one element of A; the
    /// narrower instruction sets have 16 registers, of which 12 hold sums.
    /// </summary>
    public static int HighestRows<TSimd, TVector>() where TSimd : struct, ISimd<TVector> where TVector : struct =>
        TSimd.Width >= 16 ? 12 : 6;

    /// <summary>The methods for tiles of 1, 2, ... 12 rows.</summary>
    public static delegate*<TileWork*, void>[] Table<TSimd, TVector, TVectors, TTarget, TEdge>()
        where TSimd : struct, ISimd<TVector> where TVector : struct where TVectors : struct, IConstant where TTarget : struct, ITileTarget
        where TEdge : struct, IConstant =>
    [
        &Run<TSimd, TVector, TVectors, TTarget, TEdge, Constant1>, &Run<TSimd, TVector, TVectors, TTarget, TEdge, Constant2>,
        &Run<TSimd, TVector, TVectors, TTarget, TEdge, Constant3>, &Run<TSimd, TVector, TVectors, TTarget, TEdge, Constant4>,
        &Run<TSimd, TVector, TVectors, TTarget, TEdge, Constant5>, &Run<TSimd, TVector, TVectors, TTarget, TEdge, Constant6>,
        &Run<TSimd, TVector, TVectors, TTarget, TEdge, Constant7>, &Run<TSimd, TVector, TVectors, TTarget, TEdge, Constant8>,
        &Run<TSimd, TVector, TVectors, TTarget, TEdge, Constant9>, &Run<TSimd, TVector, TVectors, TTarget, TEdge, Constant10>,
        &Run<TSimd, TVector, TVectors, TTarget, TEdge, Constant11>, &Run<TSimd, TVector, TVectors, TTarget, TEdge, Constant12>,
    ];

    /// <summary>
    /// One tile. Longer than methods are here otherwise: the rows must be locals of one method to become registers, and
    /// each row needs its line in each of the three phases.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TSimd, TVector, TVectors, TTarget, TEdge, TRows>(TileWork* work)
        where TSimd : struct, ISimd<TVector> where TVector : struct
        where TVectors : struct, IConstant where TTarget : struct, ITileTarget where TEdge : struct, IConstant where TRows : struct, IConstant
    {
        TVector p0 = TSimd.Zero, q0 = TSimd.Zero, p1 = TSimd.Zero, q1 = TSimd.Zero, p2 = TSimd.Zero, q2 = TSimd.Zero, p3 = TSimd.Zero, q3 = TSimd.Zero;
        TVector p4 = TSimd.Zero, q4 = TSimd.Zero, p5 = TSimd.Zero, q5 = TSimd.Zero, p6 = TSimd.Zero, q6 = TSimd.Zero, p7 = TSimd.Zero, q7 = TSimd.Zero;
        TVector p8 = TSimd.Zero, q8 = TSimd.Zero, p9 = TSimd.Zero, q9 = TSimd.Zero, p10 = TSimd.Zero, q10 = TSimd.Zero, p11 = TSimd.Zero, q11 = TSimd.Zero;
        var c = (byte*)work->C;
        var cRow = work->CRow;
        var last = work->LastColumns;
        if (TRows.Value > 0) Begin<TSimd, TVector, TVectors, TTarget, TEdge>(c, last, ref p0, ref q0);
        if (TRows.Value > 1) Begin<TSimd, TVector, TVectors, TTarget, TEdge>(c + cRow, last, ref p1, ref q1);
        if (TRows.Value > 2) Begin<TSimd, TVector, TVectors, TTarget, TEdge>(c + (2 * cRow), last, ref p2, ref q2);
        if (TRows.Value > 3) Begin<TSimd, TVector, TVectors, TTarget, TEdge>(c + (3 * cRow), last, ref p3, ref q3);
        if (TRows.Value > 4) Begin<TSimd, TVector, TVectors, TTarget, TEdge>(c + (4 * cRow), last, ref p4, ref q4);
        if (TRows.Value > 5) Begin<TSimd, TVector, TVectors, TTarget, TEdge>(c + (5 * cRow), last, ref p5, ref q5);
        if (TRows.Value > 6) Begin<TSimd, TVector, TVectors, TTarget, TEdge>(c + (6 * cRow), last, ref p6, ref q6);
        if (TRows.Value > 7) Begin<TSimd, TVector, TVectors, TTarget, TEdge>(c + (7 * cRow), last, ref p7, ref q7);
        if (TRows.Value > 8) Begin<TSimd, TVector, TVectors, TTarget, TEdge>(c + (8 * cRow), last, ref p8, ref q8);
        if (TRows.Value > 9) Begin<TSimd, TVector, TVectors, TTarget, TEdge>(c + (9 * cRow), last, ref p9, ref q9);
        if (TRows.Value > 10) Begin<TSimd, TVector, TVectors, TTarget, TEdge>(c + (10 * cRow), last, ref p10, ref q10);
        if (TRows.Value > 11) Begin<TSimd, TVector, TVectors, TTarget, TEdge>(c + (11 * cRow), last, ref p11, ref q11);

        // Four pointers and two strides reach all twelve rows of A: [p], [p + row], [p + 2 row].
        nint aRow = work->ARow, aRow2 = 2 * aRow, aStep = work->AStep, bStep = work->BStep, aheadStep = work->AheadStep;
        byte* a0 = (byte*)work->A, a3 = a0 + (3 * aRow), a6 = a3 + (3 * aRow), a9 = a6 + (3 * aRow);
        byte* b = (byte*)work->B, ahead = work->Ahead;
        var runs = work->Runs;
        do
        {
            for (var k = work->Depth; k > 0; k--)
            {
                var b0 = TSimd.Load((float*)b);
                var b1 = TVectors.Value > 1 ? TSimd.Load((float*)b + TSimd.Width) : b0;
                TVector a;
                if (TRows.Value > 0) { a = TSimd.Broadcast(*(float*)(a0)); p0 = TSimd.Fma(a, b0, p0); if (TVectors.Value > 1) q0 = TSimd.Fma(a, b1, q0); }
                if (TRows.Value > 1) { a = TSimd.Broadcast(*(float*)(a0 + aRow)); p1 = TSimd.Fma(a, b0, p1); if (TVectors.Value > 1) q1 = TSimd.Fma(a, b1, q1); }
                if (TRows.Value > 2) { a = TSimd.Broadcast(*(float*)(a0 + aRow2)); p2 = TSimd.Fma(a, b0, p2); if (TVectors.Value > 1) q2 = TSimd.Fma(a, b1, q2); }
                if (TRows.Value > 3) { a = TSimd.Broadcast(*(float*)(a3)); p3 = TSimd.Fma(a, b0, p3); if (TVectors.Value > 1) q3 = TSimd.Fma(a, b1, q3); }
                if (TRows.Value > 4) { a = TSimd.Broadcast(*(float*)(a3 + aRow)); p4 = TSimd.Fma(a, b0, p4); if (TVectors.Value > 1) q4 = TSimd.Fma(a, b1, q4); }
                if (TRows.Value > 5) { a = TSimd.Broadcast(*(float*)(a3 + aRow2)); p5 = TSimd.Fma(a, b0, p5); if (TVectors.Value > 1) q5 = TSimd.Fma(a, b1, q5); }
                if (TRows.Value > 6) { a = TSimd.Broadcast(*(float*)(a6)); p6 = TSimd.Fma(a, b0, p6); if (TVectors.Value > 1) q6 = TSimd.Fma(a, b1, q6); }
                if (TRows.Value > 7) { a = TSimd.Broadcast(*(float*)(a6 + aRow)); p7 = TSimd.Fma(a, b0, p7); if (TVectors.Value > 1) q7 = TSimd.Fma(a, b1, q7); }
                if (TRows.Value > 8) { a = TSimd.Broadcast(*(float*)(a6 + aRow2)); p8 = TSimd.Fma(a, b0, p8); if (TVectors.Value > 1) q8 = TSimd.Fma(a, b1, q8); }
                if (TRows.Value > 9) { a = TSimd.Broadcast(*(float*)(a9)); p9 = TSimd.Fma(a, b0, p9); if (TVectors.Value > 1) q9 = TSimd.Fma(a, b1, q9); }
                if (TRows.Value > 10) { a = TSimd.Broadcast(*(float*)(a9 + aRow)); p10 = TSimd.Fma(a, b0, p10); if (TVectors.Value > 1) q10 = TSimd.Fma(a, b1, q10); }
                if (TRows.Value > 11) { a = TSimd.Broadcast(*(float*)(a9 + aRow2)); p11 = TSimd.Fma(a, b0, p11); if (TVectors.Value > 1) q11 = TSimd.Fma(a, b1, q11); }
                if (Sse.IsSupported) Sse.Prefetch1(ahead);
                a0 += aStep;
                a3 += aStep;
                a6 += aStep;
                a9 += aStep;
                b += bStep;
                ahead += aheadStep;
            }

            if (TTarget.TakesRuns)
            {
                a0 += work->ARun;
                a3 += work->ARun;
                a6 += work->ARun;
                a9 += work->ARun;
            }
        }
        while (TTarget.TakesRuns && --runs > 0);

        var factor = work->Factor;
        // All rows are read before the first is written: where they are narrower than a vector, a load behind the store of a part would wait for it.
        if (TRows.Value > 0) Finish<TSimd, TVector, TVectors, TTarget, TEdge>(c, last, ref p0, ref q0, factor);
        if (TRows.Value > 1) Finish<TSimd, TVector, TVectors, TTarget, TEdge>(c + cRow, last, ref p1, ref q1, factor);
        if (TRows.Value > 2) Finish<TSimd, TVector, TVectors, TTarget, TEdge>(c + (2 * cRow), last, ref p2, ref q2, factor);
        if (TRows.Value > 3) Finish<TSimd, TVector, TVectors, TTarget, TEdge>(c + (3 * cRow), last, ref p3, ref q3, factor);
        if (TRows.Value > 4) Finish<TSimd, TVector, TVectors, TTarget, TEdge>(c + (4 * cRow), last, ref p4, ref q4, factor);
        if (TRows.Value > 5) Finish<TSimd, TVector, TVectors, TTarget, TEdge>(c + (5 * cRow), last, ref p5, ref q5, factor);
        if (TRows.Value > 6) Finish<TSimd, TVector, TVectors, TTarget, TEdge>(c + (6 * cRow), last, ref p6, ref q6, factor);
        if (TRows.Value > 7) Finish<TSimd, TVector, TVectors, TTarget, TEdge>(c + (7 * cRow), last, ref p7, ref q7, factor);
        if (TRows.Value > 8) Finish<TSimd, TVector, TVectors, TTarget, TEdge>(c + (8 * cRow), last, ref p8, ref q8, factor);
        if (TRows.Value > 9) Finish<TSimd, TVector, TVectors, TTarget, TEdge>(c + (9 * cRow), last, ref p9, ref q9, factor);
        if (TRows.Value > 10) Finish<TSimd, TVector, TVectors, TTarget, TEdge>(c + (10 * cRow), last, ref p10, ref q10, factor);
        if (TRows.Value > 11) Finish<TSimd, TVector, TVectors, TTarget, TEdge>(c + (11 * cRow), last, ref p11, ref q11, factor);

        if (TRows.Value > 0) End<TSimd, TVector, TVectors, TTarget, TEdge>(c, last, p0, q0);
        if (TRows.Value > 1) End<TSimd, TVector, TVectors, TTarget, TEdge>(c + cRow, last, p1, q1);
        if (TRows.Value > 2) End<TSimd, TVector, TVectors, TTarget, TEdge>(c + (2 * cRow), last, p2, q2);
        if (TRows.Value > 3) End<TSimd, TVector, TVectors, TTarget, TEdge>(c + (3 * cRow), last, p3, q3);
        if (TRows.Value > 4) End<TSimd, TVector, TVectors, TTarget, TEdge>(c + (4 * cRow), last, p4, q4);
        if (TRows.Value > 5) End<TSimd, TVector, TVectors, TTarget, TEdge>(c + (5 * cRow), last, p5, q5);
        if (TRows.Value > 6) End<TSimd, TVector, TVectors, TTarget, TEdge>(c + (6 * cRow), last, p6, q6);
        if (TRows.Value > 7) End<TSimd, TVector, TVectors, TTarget, TEdge>(c + (7 * cRow), last, p7, q7);
        if (TRows.Value > 8) End<TSimd, TVector, TVectors, TTarget, TEdge>(c + (8 * cRow), last, p8, q8);
        if (TRows.Value > 9) End<TSimd, TVector, TVectors, TTarget, TEdge>(c + (9 * cRow), last, p9, q9);
        if (TRows.Value > 10) End<TSimd, TVector, TVectors, TTarget, TEdge>(c + (10 * cRow), last, p10, q10);
        if (TRows.Value > 11) End<TSimd, TVector, TVectors, TTarget, TEdge>(c + (11 * cRow), last, p11, q11);
    }

    /// <summary>What the sums of a row start from.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Begin<TSimd, TVector, TVectors, TTarget, TEdge>(byte* c, int last, ref TVector first, ref TVector second)
        where TSimd : struct, ISimd<TVector> where TVector : struct where TVectors : struct, IConstant where TTarget : struct, ITileTarget
        where TEdge : struct, IConstant
    {
        if (TTarget.Continues)
        {
            first = TVectors.Value > 1 ? TSimd.Load((float*)c) : Get<TSimd, TVector, TEdge>((float*)c, last);
            if (TVectors.Value > 1)
            {
                second = Get<TSimd, TVector, TEdge>((float*)c + TSimd.Width, last);
            }
        }

        if (TTarget.Updates && Sse.IsSupported)
        {
            // The tile itself is needed only at the end: by then it has come from memory.
            Sse.Prefetch0(c);
            Sse.Prefetch0((float*)c + TSimd.Width);
        }
    }

    /// <summary>What a row's sums make of what is stored there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish<TSimd, TVector, TVectors, TTarget, TEdge>(byte* c, int last, ref TVector first, ref TVector second, float factor)
        where TSimd : struct, ISimd<TVector> where TVector : struct where TVectors : struct, IConstant where TTarget : struct, ITileTarget
        where TEdge : struct, IConstant
    {
        if (TTarget.Updates)
        {
            var stored = TVectors.Value > 1 ? TSimd.Load((float*)c) : Get<TSimd, TVector, TEdge>((float*)c, last);
            first = TSimd.Fma(TSimd.Broadcast(factor), first, stored);
            if (TVectors.Value > 1)
            {
                second = TSimd.Fma(TSimd.Broadcast(factor), second, Get<TSimd, TVector, TEdge>((float*)c + TSimd.Width, last));
            }
        }
    }

    /// <summary>Stores a row, of which the last vector may be a part of one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void End<TSimd, TVector, TVectors, TTarget, TEdge>(byte* c, int last, TVector first, TVector second)
        where TSimd : struct, ISimd<TVector> where TVector : struct where TVectors : struct, IConstant where TTarget : struct, ITileTarget
        where TEdge : struct, IConstant
    {
        if (TVectors.Value > 1)
        {
            TSimd.Store((float*)c, first);
            Put<TSimd, TVector, TEdge>((float*)c + TSimd.Width, last, second);
        }
        else
        {
            Put<TSimd, TVector, TEdge>((float*)c, last, first);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Get<TSimd, TVector, TEdge>(float* c, int last)
        where TSimd : struct, ISimd<TVector> where TVector : struct where TEdge : struct, IConstant =>
        TEdge.Value > 0 ? TSimd.LoadPartial(c, last) : TSimd.Load(c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<TSimd, TVector, TEdge>(float* c, int last, TVector value)
        where TSimd : struct, ISimd<TVector> where TVector : struct where TEdge : struct, IConstant
    {
        if (TEdge.Value > 0)
        {
            TSimd.StorePartial(c, value, last);
        }
        else
        {
            TSimd.Store(c, value);
        }
    }

    internal readonly struct Constant1 : IConstant { public static int Value => 1; }

    internal readonly struct Constant2 : IConstant { public static int Value => 2; }

    internal readonly struct Constant3 : IConstant { public static int Value => 3; }

    internal readonly struct Constant4 : IConstant { public static int Value => 4; }

    internal readonly struct Constant5 : IConstant { public static int Value => 5; }

    internal readonly struct Constant6 : IConstant { public static int Value => 6; }

    private readonly struct Constant7 : IConstant { public static int Value => 7; }

    private readonly struct Constant8 : IConstant { public static int Value => 8; }

    private readonly struct Constant9 : IConstant { public static int Value => 9; }

    private readonly struct Constant10 : IConstant { public static int Value => 10; }

    private readonly struct Constant11 : IConstant { public static int Value => 11; }

    private readonly struct Constant12 : IConstant { public static int Value => 12; }
}
