using Gpu.Kernels.Devices.Gpu;
using ILGPU;
using ILGPU.Runtime.Cuda;

namespace Gpu.Kernels.Devices.Cuda;

/// <summary>
/// NVIDIA's own product of matrices, through ILGPU.Algorithms: the yardstick of ours, where its library is installed. Nothing trains with it.
/// </summary>
public sealed class CuBlasProduct : IDisposable
{
    private readonly CuBlas _blas;

    private CuBlasProduct(CuBlas blas) => _blas = blas;

    /// <summary>cuBLAS on a device, or null where it is none of NVIDIA's or the library is not there.</summary>
    public static CuBlasProduct? Find(ComputeAccelerator accelerator)
    {
        if (accelerator is not CudaAccelerator cuda)
        {
            return null;
        }

        try
        {
            return new CuBlasProduct(new CuBlas((ILGPU.Runtime.Cuda.CudaAccelerator)cuda.Device) { Stream = (CudaStream)cuda.Stream });
        }
        catch (Exception exception) when (exception is DllNotFoundException or NotSupportedException or CuBlasException)
        {
            return null;
        }
    }

    /// <summary>y = x w, in single precision: x is (m, k), w (k, n), y (m, n), row after row.</summary>
    public Launch Prepare(DeviceView<float> x, DeviceView<float> w, int m, int k, int n, DeviceView<float> y)
    {
        Require.Matrix(x, m, k, "cublas");
        Require.Matrix(w, k, n, "cublas");
        Require.Matrix(y, m, n, "cublas");
        return new Product(_blas, ViewOf(x), ViewOf(w), m, k, n, ViewOf(y));
    }

    /// <inheritdoc/>
    public void Dispose() => _blas.Dispose();

    private static ArrayView<float> ViewOf(DeviceView<float> view) => new(((IGpuMemory)view.Buffer).Buffer, view.Offset, view.Length);

    /// <summary>cuBLAS counts column after column, so that a matrix of ours is its transpose: y^T = w^T x^T.</summary>
    private sealed class Product(CuBlas blas, ArrayView<float> x, ArrayView<float> w, int m, int k, int n, ArrayView<float> y) : Launch("cublas")
    {
        public override void Run() =>
            blas.Gemm(CuBlasOperation.NonTranspose, CuBlasOperation.NonTranspose, n, m, k, 1f, w, n, x, k, 0f, y, n);
    }
}
