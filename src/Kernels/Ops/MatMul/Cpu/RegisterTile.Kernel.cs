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
    public static delegate*<TileWork*, void>[] Table<TSimd, TVector, TVectors, TTarget>()
        where TSimd : struct, ISimd<TVector> where TVector : struct where TVectors : struct, IConstant where TTarget : struct, ITileTarget =>
    [
        &Run<TSimd, TVector, TVectors, TTarget, Constant1>, &Run<TSimd, TVector, TVectors, TTarget, Constant2>,
        &Run<TSimd, TVector, TVectors, TTarget, Constant3>, &Run<TSimd, TVector, TVectors, TTarget, Constant4>,
        &Run<TSimd, TVector, TVectors, TTarget, Constant5>, &Run<TSimd, TVector, TVectors, TTarget, Constant6>,
        &Run<TSimd, TVector, TVectors, TTarget, Constant7>, &Run<TSimd, TVector, TVectors, TTarget, Constant8>,
        &Run<TSimd, TVector, TVectors, TTarget, Constant9>, &Run<TSimd, TVector, TVectors, TTarget, Constant10>,
        &Run<TSimd, TVector, TVectors, TTarget, Constant11>, &Run<TSimd, TVector, TVectors, TTarget, Constant12>,
    ];

    /// <summary>
    /// One tile. Longer than methods are here otherwise: the rows must be locals of one method to become registers, and
    /// each row needs its line in each of the three phases.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TSimd, TVector, TVectors, TTarget, TRows>(TileWork* work)
        where TSimd : struct, ISimd<TVector> where TVector : struct
        where TVectors : struct, IConstant where TTarget : struct, ITileTarget where TRows : struct, IConstant
    {
        TVector p0 = TSimd.Zero, q0 = TSimd.Zero, p1 = TSimd.Zero, q1 = TSimd.Zero, p2 = TSimd.Zero, q2 = TSimd.Zero, p3 = TSimd.Zero, q3 = TSimd.Zero;
        TVector p4 = TSimd.Zero, q4 = TSimd.Zero, p5 = TSimd.Zero, q5 = TSimd.Zero, p6 = TSimd.Zero, q6 = TSimd.Zero, p7 = TSimd.Zero, q7 = TSimd.Zero;
        TVector p8 = TSimd.Zero, q8 = TSimd.Zero, p9 = TSimd.Zero, q9 = TSimd.Zero, p10 = TSimd.Zero, q10 = TSimd.Zero, p11 = TSimd.Zero, q11 = TSimd.Zero;
        var c = (byte*)work->C;
        var cRow = work->CRow;
        if (TRows.Value > 0) Begin<TSimd, TVector, TVectors, TTarget>(c, ref p0, ref q0);
        if (TRows.Value > 1) Begin<TSimd, TVector, TVectors, TTarget>(c + cRow, ref p1, ref q1);
        if (TRows.Value > 2) Begin<TSimd, TVector, TVectors, TTarget>(c + (2 * cRow), ref p2, ref q2);
        if (TRows.Value > 3) Begin<TSimd, TVector, TVectors, TTarget>(c + (3 * cRow), ref p3, ref q3);
        if (TRows.Value > 4) Begin<TSimd, TVector, TVectors, TTarget>(c + (4 * cRow), ref p4, ref q4);
        if (TRows.Value > 5) Begin<TSimd, TVector, TVectors, TTarget>(c + (5 * cRow), ref p5, ref q5);
        if (TRows.Value > 6) Begin<TSimd, TVector, TVectors, TTarget>(c + (6 * cRow), ref p6, ref q6);
        if (TRows.Value > 7) Begin<TSimd, TVector, TVectors, TTarget>(c + (7 * cRow), ref p7, ref q7);
        if (TRows.Value > 8) Begin<TSimd, TVector, TVectors, TTarget>(c + (8 * cRow), ref p8, ref q8);
        if (TRows.Value > 9) Begin<TSimd, TVector, TVectors, TTarget>(c + (9 * cRow), ref p9, ref q9);
        if (TRows.Value > 10) Begin<TSimd, TVector, TVectors, TTarget>(c + (10 * cRow), ref p10, ref q10);
        if (TRows.Value > 11) Begin<TSimd, TVector, TVectors, TTarget>(c + (11 * cRow), ref p11, ref q11);

        // Four pointers and two strides reach all twelve rows of A: [p], [p + row], [p + 2 row].
        nint aRow = work->ARow, aRow2 = 2 * aRow, aStep = work->AStep, bStep = work->BStep, aheadStep = work->AheadStep;
        byte* a0 = (byte*)work->A, a3 = a0 + (3 * aRow), a6 = a3 + (3 * aRow), a9 = a6 + (3 * aRow);
        byte* b = (byte*)work->B, ahead = work->Ahead;
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

        var factor = work->Factor;
        if (TRows.Value > 0) End<TSimd, TVector, TVectors, TTarget>(c, p0, q0, factor);
        if (TRows.Value > 1) End<TSimd, TVector, TVectors, TTarget>(c + cRow, p1, q1, factor);
        if (TRows.Value > 2) End<TSimd, TVector, TVectors, TTarget>(c + (2 * cRow), p2, q2, factor);
        if (TRows.Value > 3) End<TSimd, TVector, TVectors, TTarget>(c + (3 * cRow), p3, q3, factor);
        if (TRows.Value > 4) End<TSimd, TVector, TVectors, TTarget>(c + (4 * cRow), p4, q4, factor);
        if (TRows.Value > 5) End<TSimd, TVector, TVectors, TTarget>(c + (5 * cRow), p5, q5, factor);
        if (TRows.Value > 6) End<TSimd, TVector, TVectors, TTarget>(c + (6 * cRow), p6, q6, factor);
        if (TRows.Value > 7) End<TSimd, TVector, TVectors, TTarget>(c + (7 * cRow), p7, q7, factor);
        if (TRows.Value > 8) End<TSimd, TVector, TVectors, TTarget>(c + (8 * cRow), p8, q8, factor);
        if (TRows.Value > 9) End<TSimd, TVector, TVectors, TTarget>(c + (9 * cRow), p9, q9, factor);
        if (TRows.Value > 10) End<TSimd, TVector, TVectors, TTarget>(c + (10 * cRow), p10, q10, factor);
        if (TRows.Value > 11) End<TSimd, TVector, TVectors, TTarget>(c + (11 * cRow), p11, q11, factor);
    }

    /// <summary>What the sums of a row start from.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Begin<TSimd, TVector, TVectors, TTarget>(byte* c, ref TVector first, ref TVector second)
        where TSimd : struct, ISimd<TVector> where TVector : struct where TVectors : struct, IConstant where TTarget : struct, ITileTarget
    {
        if (TTarget.Continues)
        {
            first = TSimd.Load((float*)c);
            if (TVectors.Value > 1)
            {
                second = TSimd.Load((float*)c + TSimd.Width);
            }
        }

        if (TTarget.Updates && Sse.IsSupported)
        {
            // The tile itself is needed only at the end: by then it has come from memory.
            Sse.Prefetch0(c);
            Sse.Prefetch0((float*)c + TSimd.Width);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void End<TSimd, TVector, TVectors, TTarget>(byte* c, TVector first, TVector second, float factor)
        where TSimd : struct, ISimd<TVector> where TVector : struct where TVectors : struct, IConstant where TTarget : struct, ITileTarget
    {
        Put<TSimd, TVector, TTarget>((float*)c, first, factor);
        if (TVectors.Value > 1)
        {
            Put<TSimd, TVector, TTarget>((float*)c + TSimd.Width, second, factor);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<TSimd, TVector, TTarget>(float* c, TVector sum, float factor)
        where TSimd : struct, ISimd<TVector> where TVector : struct where TTarget : struct, ITileTarget =>
        TSimd.Store(c, TTarget.Updates ? TSimd.Fma(TSimd.Broadcast(factor), sum, TSimd.Load(c)) : sum);

    private readonly struct Constant1 : IConstant { public static int Value => 1; }

    private readonly struct Constant2 : IConstant { public static int Value => 2; }

    private readonly struct Constant3 : IConstant { public static int Value => 3; }

    private readonly struct Constant4 : IConstant { public static int Value => 4; }

    private readonly struct Constant5 : IConstant { public static int Value => 5; }

    private readonly struct Constant6 : IConstant { public static int Value => 6; }

    private readonly struct Constant7 : IConstant { public static int Value => 7; }

    private readonly struct Constant8 : IConstant { public static int Value => 8; }

    private readonly struct Constant9 : IConstant { public static int Value => 9; }

    private readonly struct Constant10 : IConstant { public static int Value => 10; }

    private readonly struct Constant11 : IConstant { public static int Value => 11; }

    private readonly struct Constant12 : IConstant { public static int Value => 12; }
}
