namespace Gpu.Generator.Tests;

/// <summary>Kernels whose meaning in C# and in plain C differs, or could.</summary>
internal static class SemanticKernels
{
    internal const string Source = """
        public enum Kind { None = 0, One = 1, Two = 2 }
        public struct Pair { public int A; public int B; }
        public interface IStep { static abstract int Step(int value); static abstract int Count { get; } }
        public readonly struct Three : IStep { public static int Step(int value) => value * 3; public static int Count => 5; }
        public readonly struct Seven : IStep { public static int Step(int value) => value - 7; public static int Count => 2; }

        public static class Semantics
        {
            public const int Integers = 24;
            public const int Longs = 10;
            public const int Conversions = 16;
            public const int Floats = 22;
            public const int Flows = 12;

            public static void IntegerKernel(Index1D i, ArrayView<int> a, ArrayView<int> b, ArrayView<int> result)
            {
                var x = a[i];
                var y = b[i];
                var r = i * Integers;
                result[r] = x + y;
                result[r + 1] = x - y;
                result[r + 2] = x * y + 7;
                result[r + 3] = -x;
                var isDefined = y != 0 && !(x == int.MinValue && y == -1);
                result[r + 4] = isDefined ? x / y : 0;
                result[r + 5] = isDefined ? x % y : 0;
                result[r + 6] = x << y;
                result[r + 7] = x >> y;
                result[r + 8] = x >>> y;
                result[r + 9] = x << 33;
                result[r + 10] = x >> -1;
                result[r + 11] = (int)((uint)x >> y);
                result[r + 12] = (int)((uint)x / ((uint)y | 1u));
                result[r + 13] = (int)((uint)x << y);
                result[r + 14] = ~x ^ (y & 0x0F0F) | x;
                var c = x;
                c += y;
                c *= 31;
                c -= 5;
                c <<= y;
                c ^= x;
                c >>= 3;
                result[r + 15] = c;
                var d = x;
                d++;
                d++;
                result[r + 16] = d;
                var e = (byte)x;
                e += 200;
                e--;
                result[r + 17] = e;
                var s = (short)x;
                s *= 3;
                result[r + 18] = s;
                result[r + 19] = (sbyte)x + (ushort)y;
                result[r + 20] = x < y ? 1 : x > y ? 2 : 3;
                result[r + 21] = (uint)x < (uint)y ? 1 : 0;
                result[r + 22] = Math.Min(x, y) - Math.Max(x, y);
                result[r + 23] = x - (y - 1) - -x;
            }

            public static void LongKernel(Index1D i, ArrayView<int> a, ArrayView<int> b, ArrayView<int> result)
            {
                var x = (long)a[i] * b[i];
                var r = i * Longs;
                result[r] = (int)x;
                result[r + 1] = (int)(x >> 32);
                x = x * 5000000007L + a[i];
                result[r + 2] = (int)x;
                result[r + 3] = (int)(x >> 32);
                result[r + 4] = (int)(x >> b[i]);
                result[r + 5] = (int)(x << 70);
                result[r + 6] = (int)(-x >>> 40);
                result[r + 7] = a[i] < (long)int.MaxValue + b[i] ? 1 : 0;
                result[r + 8] = (uint)a[i] - b[i] > 0 ? 1 : 0;
                result[r + 9] = (int)((ulong)x / 3UL);
            }

            public static void ConversionKernel(Index1D i, ArrayView<float> x, ArrayView<float> y, ArrayView<int> result)
            {
                var f = x[i];
                var r = i * Conversions;
                result[r] = (int)f;
                result[r + 1] = (int)(uint)f;
                result[r + 2] = (byte)f;
                result[r + 3] = (sbyte)f;
                result[r + 4] = (short)f;
                result[r + 5] = (ushort)f;
                result[r + 6] = (int)(long)f;
                result[r + 7] = (int)((long)f >> 32);
                result[r + 8] = (int)(ulong)f;
                result[r + 9] = (int)((ulong)f >> 32);
                var bits = BitConverter.SingleToInt32Bits(f);
                result[r + 10] = BitConverter.SingleToInt32Bits(bits);
                result[r + 11] = BitConverter.SingleToInt32Bits((uint)bits);
                result[r + 12] = BitConverter.SingleToInt32Bits((long)bits * bits);
                result[r + 13] = BitConverter.SingleToInt32Bits((byte)bits);
                result[r + 14] = float.IsNaN(BitConverter.Int32BitsToSingle(bits)) ? 1 : bits;
                result[r + 15] = (int)(Kind)(bits & 1);
            }

            public static void FloatKernel(Index1D i, ArrayView<float> a, ArrayView<float> b, ArrayView<int> result)
            {
                var x = a[i];
                var y = b[i];
                var r = i * Floats;
                result[r] = x < y ? 1 : 0;
                result[r + 1] = x <= y ? 1 : 0;
                result[r + 2] = x > y ? 1 : 0;
                result[r + 3] = x >= y ? 1 : 0;
                result[r + 4] = x == y ? 1 : 0;
                result[r + 5] = x != y ? 1 : 0;
                result[r + 6] = !(x < y) ? 1 : 0;
                result[r + 7] = float.IsNaN(x) || x is float.NaN ? 1 : 0;
                result[r + 8] = Bits(x * y + 1.5f);
                result[r + 9] = Bits(x * y - y * x);
                result[r + 10] = Bits(x / y);
                result[r + 11] = Bits(x % y);
                result[r + 12] = Bits(MathF.FusedMultiplyAdd(x, y, -1.5f));
                result[r + 13] = Bits(MathF.Sqrt(x));
                result[r + 14] = Bits(MathF.CopySign(1.25f, x));
                result[r + 15] = Bits(MathF.Floor(x)) ^ Bits(MathF.Ceiling(x)) ^ Bits(MathF.Truncate(x));
                result[r + 16] = Bits(MathF.Abs(x) - -y);
                result[r + 17] = Bits(x - (y - 0.1f));
                var sum = x;
                sum += y * x;
                sum *= 3f;
                sum -= 1f / 3f;
                result[r + 18] = Bits(sum);
                result[r + 19] = Bits(-x);
                result[r + 20] = Bits(x < y ? x : y);
                result[r + 21] = Bits(1e-45f * y + 3.4028235e38f - -0f);
            }

            private static int Bits(float value) => float.IsNaN(value) ? 0x7FC00000 : BitConverter.SingleToInt32Bits(value);

            public static void FlowKernel(Index1D i, ArrayView<int> a, ArrayView<int> b, ArrayView<int> result)
            {
                var x = a[i];
                var r = i * Flows;
                var sum = 0;
                for (var k = 0; k < 10; k++)
                {
                    if (k == (x & 7)) { continue; }
                    for (int l = 0, m = 9; l < m; l++, m -= 2)
                    {
                        if (l + k == 7) { break; }
                        sum += l * m;
                    }
                    if (sum > 300) { break; }
                }
                result[r] = sum;
                var n = x & 31;
                do { n -= 3; sum += n; } while (n > 0);
                while (true) { sum++; if ((sum & 3) == 0) { break; } }
                result[r + 1] = sum;
                switch ((Kind)(x & 3))
                {
                    case Kind.One:
                        sum = 1;
                        break;
                    case Kind.Two:
                        sum = 2;
                        if (x > 0) { sum = 22; break; }
                        sum++;
                        break;
                    default:
                        sum = 9;
                        break;
                }
                result[r + 2] = sum;
                result[r + 3] = x switch { 0 => 10, < 0 => 20, > 5 and <= 100 => 30, 3 or 4 => 40, _ when (x & 1) == 1 => 50, _ => 60 };
                result[r + 4] = x is not 0 and (< -5 or > 5) ? 1 : 0;
                var pair = new Pair { B = x };
                Swap(ref pair.A, ref pair.B);
                Swap(ref result[r + 5], ref pair.A);
                result[r + 6] = pair.A + pair.B;
                var local = LocalMemory.Allocate<int>(4);
                for (var k = 0; k < 4; k++) { local[k] = Repeat<Three>(x) + Repeat<Seven>(k); }
                ref var third = ref local[2];
                third += 100;
                result[r + 7] = Sum(local) + Sum(a.SubView(i, 1)) + local.SubView(2)[0];
                result[r + 8] = Early(x);
                var half = x & 1;
                var max = half | 2;
                result[r + 9] = half > 0 && b[i] != 0 || !(x > 3) ? max : -max;
                result[r + 10] = local.IntLength + a.SubView(i).IntLength;
                result[r + 11] = (int)(a.Cast<byte>()[4 * i] + b.SubView(i, 1).Cast<byte>()[3]);
            }

            private static void Swap(ref int a, ref int b)
            {
                var c = a;
                a = b;
                b = c;
            }

            private static int Repeat<TStep>(int value) where TStep : struct, IStep
            {
                for (var k = 0; k < TStep.Count; k++) { value = TStep.Step(value); }
                return value;
            }

            private static int Sum(ArrayView<int> view)
            {
                var sum = 0;
                for (var k = 0; k < view.IntLength; k++) { sum += view[k]; }
                return sum;
            }

            private static int Early(int x)
            {
                if (x > 10) { return 1; }
                else if (x < -10) { return 2; }
                return 3;
            }

            public static void GroupKernel(ArrayView<int> a, ArrayView<int> result, ArrayView<float> totals)
            {
                var tile = SharedMemory.Allocate<int>(16);
                var lane = Group.IdxY * Group.DimX + Group.IdxX;
                tile[lane] = a[Grid.GlobalLinearIndex];
                Group.Barrier();
                for (var step = 8; step > 0; step >>= 1)
                {
                    if (lane < step) { tile[lane] += tile[lane + step]; }
                    Group.Barrier();
                }
                if (Group.IsFirstThread)
                {
                    result[Grid.IdxX + Grid.IdxY * Grid.DimX] = tile[0];
                    Atomic.Add(ref result[8], tile[0]);
                    Atomic.Max(ref result[9], tile[0]);
                    Atomic.Add(ref totals[0], 0.25f);
                    Atomic.Max(ref totals[1], Grid.LinearIndex);
                }
                Atomic.Xor(ref result[10], lane * 77);
                var old = Atomic.Exchange(ref result[11], 5);
                if (old != 5) { Atomic.CompareExchange(ref result[12], 0, old + 1); }
                Group.Barrier();
                if (Group.IsLastThread) { Atomic.Add(ref tile[0], 3); Atomic.Add(ref result[13], 1); }
                Group.Barrier();
                if (lane == 1) { Atomic.Min(ref result[14], tile[0]); }
            }
        }
        """;
}
