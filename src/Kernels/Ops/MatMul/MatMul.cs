using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>
/// The matrix products of a dense layer: forward, the gradient of its input, the gradient of its weights, and the gradient
/// applied to the weights at once. Matrices lie row after row: x is (m, k), w (k, n), y (m, n).
/// <para>
/// In the variants of the CPU, in <see cref="Plain"/> and in <see cref="Tiled"/> every element is one chain of fused multiply-adds in ascending
/// order of the summation index, starting from 0; bias and activation follow. So these variants, vector widths and thread counts give the
/// same bits. So do <see cref="Register"/> and its kind; <see cref="SplitK"/> and <see cref="SplitGroup"/> add sums of parts, in an order that
/// hangs on device model and shape.
/// </para>
/// </summary>
public static unsafe partial class MatMul
{
    /// <summary>What <c>GPU_FORCE_MATMUL</c> calls the operation.</summary>
    public const string Operation = "matmul";

    /// <summary>One lane an element.</summary>
    public const string Plain = "plain";

    /// <summary>Groups of lanes that share tiles of both factors.</summary>
    public const string Tiled = "tiled";

    /// <summary>Groups whose lanes keep matrices of sums in registers; the tile by <see cref="ProductTable"/>.</summary>
    public const string Register = "register";

    /// <summary><see cref="Register"/> with tiles of 128 x 128.</summary>
    public const string Register128 = "register-128";

    /// <summary><see cref="Register"/> with tiles of 64 x 64.</summary>
    public const string Register64 = "register-64";

    /// <summary><see cref="Register64"/> by a quarter of the lanes, which keep four times as many sums each.</summary>
    public const string Register64Dense = "register-64-dense";

    /// <summary><see cref="Register"/> with tiles of 32 x 32.</summary>
    public const string Register32 = "register-32";

    /// <summary><see cref="Register"/> where several groups share out the depth of a tile; a second launch adds their sums.</summary>
    public const string SplitK = "split-k";

    /// <summary>Small tiles whose lanes share out the depth. Products with column sums have none and choose by themselves.</summary>
    public const string SplitGroup = "split-group";

    /// <summary>CPU: register tiles that read the matrices where they lie.</summary>
    public const string Direct = "direct";

    /// <summary>CPU: register tiles on copied panels of the matrices.</summary>
    public const string Packed = "packed";

    /// <summary>The variants that run as kernels on every device, the CPU included.</summary>
    public static IReadOnlyList<string> KernelVariants { get; } =
        [Plain, Tiled, Register, Register128, Register64, Register64Dense, Register32, SplitK, SplitGroup];

    /// <summary>What can be forced, as <c>GPU_FORCE_MATMUL</c> names it.</summary>
    public static OperationVariants Choices { get; } = new(Operation, [.. KernelVariants, Direct, Packed]);

    /// <summary>
    /// y = f(x w + bias): x is (m, k), w (k, n), bias (n) or null, y (m, n); <paramref name="sums"/>, (m, n), takes x w + bias where the
    /// activation asks for its sums and they are to be kept.
    /// </summary>
    /// <exception cref="ArgumentException">A view has another size.</exception>
    /// <exception cref="DeviceException">There is no such variant.</exception>
    public static Launch PrepareForward(ComputeAccelerator accelerator, DeviceView<float> x, DeviceView<float> w, DeviceView<float>? bias,
        Activation activation, int m, int k, int n, DeviceView<float> y, string? variant = null, DeviceView<float>? sums = null)
    {
        const string Name = "matmul-forward";
        RequireShapes(accelerator, m, k, n, Name);
        Require.Matrix(x, m, k, Name);
        Require.Matrix(w, k, n, Name);
        Require.Matrix(y, m, n, Name);
        if (bias is { } b)
        {
            Require.Length(b, n, Name, nameof(bias));
        }

        if (sums is { } kept)
        {
            Activations.RequireKeeps(activation, Name);
            Require.Matrix(kept, m, n, Name, nameof(sums));
        }

        var forced = Forced(accelerator, variant);
        if (Twin(accelerator, forced) is { } cpu)
        {
            var biasAt = bias is { } v ? v.Pointer() : null;
            var sumsAt = sums is { } s ? s.Pointer() : null;
            return IsPacked(forced, k, n)
                ? cpu.Prepare(new PackedProduct
                {
                    Name = TwinName(Name, packed: true),
                    X = x.Pointer(),
                    W = w.Pointer(),
                    Y = y.Pointer(),
                    Rows = m,
                    Columns = n,
                    Depth = k,
                    Activation = activation,
                    Bias = biasAt,
                    Sums = sumsAt,
                })
                : cpu.Prepare(new RowProduct
                {
                    Name = TwinName(Name, packed: false),
                    A = x.Pointer(),
                    W = w.Pointer(),
                    C = y.Pointer(),
                    Rows = m,
                    Columns = n,
                    Depth = k,
                    IsTransposed = false,
                    Activation = activation,
                    Bias = biasAt,
                    Sums = sumsAt,
                });
        }

        return sums is { } target
            ? accelerator.Sequence(Name,
            [
                DeviceForward(accelerator, forced, x, w, bias, Activation.Identity, new(m, k, n), target),
                Activations.PrepareForward(accelerator, activation, target, y),
            ])
            : DeviceForward(accelerator, forced, x, w, bias, activation, new(m, k, n), y);
    }

    /// <summary>
    /// dx = (dy w^T) f'(a), where f' follows from what the layer below kept, its sums or its outputs as the activation asks: dy is (m, n),
    /// w (k, n), xKept (m, k) or null for a derivative of 1, dx (m, k).
    /// </summary>
    /// <exception cref="ArgumentException">A view has another size.</exception>
    /// <exception cref="DeviceException">There is no such variant.</exception>
    public static Launch PrepareInputGradient(ComputeAccelerator accelerator, DeviceView<float> dy, DeviceView<float> w,
        DeviceView<float>? xKept, Activation activation, int m, int k, int n, DeviceView<float> dx, string? variant = null)
    {
        const string Name = "matmul-input-gradient";
        RequireShapes(accelerator, m, k, n, Name);
        Require.Matrix(dy, m, n, Name);
        Require.Matrix(w, k, n, Name);
        Require.Matrix(dx, m, k, Name);
        if (xKept is { } o)
        {
            Require.Matrix(o, m, k, Name, nameof(xKept));
        }

        var kept = activation == Activation.Identity ? null : xKept;
        var forced = Forced(accelerator, variant);
        if (Twin(accelerator, forced) is { } cpu)
        {
            return IsPacked(forced, k, n)
                ? TransposedInputGradient(cpu, dy, w, kept, activation, new(m, k, n), dx)
                : cpu.Prepare(new RowProduct
                {
                    Name = TwinName(Name, packed: false),
                    A = dy.Pointer(),
                    W = w.Pointer(),
                    C = dx.Pointer(),
                    Rows = m,
                    Columns = k,
                    Depth = n,
                    IsTransposed = true,
                    Activation = kept is null ? Activation.Identity : activation,
                    IsGradient = true,
                    Kept = kept is { } v ? v.Pointer() : null,
                });
        }

        return DeviceInputGradient(accelerator, forced, dy, w, kept, activation, new(m, k, n), dx);
    }

    /// <summary>dw = x^T dy: x is (m, k), dy (m, n), dw (k, n).</summary>
    /// <exception cref="ArgumentException">A view has another size.</exception>
    /// <exception cref="DeviceException">There is no such variant.</exception>
    public static Launch PrepareWeightGradient(ComputeAccelerator accelerator, DeviceView<float> x, DeviceView<float> dy, int m, int k, int n,
        DeviceView<float> dw, string? variant = null)
    {
        const string Name = "matmul-weight-gradient";
        RequireShapes(accelerator, m, k, n, Name);
        Require.Matrix(x, m, k, Name);
        Require.Matrix(dy, m, n, Name);
        Require.Matrix(dw, k, n, Name);
        var forced = Forced(accelerator, variant);
        if (Twin(accelerator, forced) is { } cpu)
        {
            var packed = IsPacked(forced, k, n);
            return cpu.Prepare(new OuterProduct(TwinName(Name, packed), x.Pointer(), dy.Pointer(), dw.Pointer(), null, null, m, k, n, packed));
        }

        return DeviceGradient(accelerator, forced, x, dy, new(m, k, n), dw, null) ?? (forced == Tiled
            ? accelerator.Prepare(WeightGradientTiledKernel, Groups(n, k), x, dy, m, k, n, dw)
            : accelerator.Prepare(WeightGradientKernel, LaunchShape.Linear(k * n), x, dy, m, k, n, dw));
    }

    /// <summary>w = w - rate x^T dy with rate = rates[cursor[0]], rounded once: x is (m, k), dy (m, n), w (k, n).</summary>
    /// <exception cref="ArgumentException">A view has another size.</exception>
    /// <exception cref="DeviceException">There is no such variant.</exception>
    public static Launch PrepareWeightUpdate(ComputeAccelerator accelerator, DeviceView<float> x, DeviceView<float> dy, DeviceView<float> rates,
        DeviceView<int> cursor, int m, int k, int n, DeviceView<float> w, string? variant = null)
    {
        const string Name = "matmul-weight-update";
        RequireShapes(accelerator, m, k, n, Name);
        Require.Matrix(x, m, k, Name);
        Require.Matrix(dy, m, n, Name);
        Require.Matrix(w, k, n, Name);
        Require.AtLeast(rates, 1, Name);
        Require.AtLeast(cursor, 1, Name);
        var forced = Forced(accelerator, variant);
        if (Twin(accelerator, forced) is { } cpu)
        {
            var packed = IsPacked(forced, k, n);
            return cpu.Prepare(new OuterProduct(TwinName(Name, packed), x.Pointer(), dy.Pointer(), w.Pointer(), rates.Pointer(),
                cursor.Pointer(), m, k, n, packed));
        }

        return DeviceUpdate(accelerator, forced, x, dy, rates, cursor, new(m, k, n), w, null) ?? (forced == Tiled
            ? accelerator.Prepare(WeightUpdateTiledKernel, Groups(n, k), x, dy, rates, cursor, m, k, n, w)
            : accelerator.Prepare(WeightUpdateKernel, LaunchShape.Linear(k * n), x, dy, rates, cursor, m, k, n, w));
    }

    private static void RequireShapes(ComputeAccelerator accelerator, int m, int k, int n, string name)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        Require.Positive(m, name);
        Require.Positive(k, name);
        Require.Positive(n, name);
    }

    private static int Flag(bool value) => value ? 1 : 0;

    /// <summary>The variant that is asked for or forced, or null.</summary>
    internal static string? Forced(ComputeAccelerator accelerator, string? variant) => accelerator.Variants.Forced(Choices, variant);

    private static LaunchShape Groups(int columns, int rows) =>
        LaunchShape.Groups((columns + TileSize - 1) / TileSize, (rows + TileSize - 1) / TileSize, TileSize, TileSize);
}
