namespace Gpu.Kernels.Accelerators;

/// <summary>
/// What stands before the translated kernels. The common text is OpenCL C with a few macros; for CUDA C, OpenCL's words are
/// defined by CUDA's. Neither language may contract a * b + c: kernels say <c>fma</c> where they mean it.
/// </summary>
public static class KernelPrologue
{
    private const string OpenCl = """
        // OpenCL C 1.2
        #pragma OPENCL FP_CONTRACT OFF
        #define FUNCTION static inline
        #define SHARED_ARRAY __local
        #define GROUP_LANES(n) __attribute__((reqd_work_group_size(n, 1, 1)))
        #ifdef POCL_DEVICE_ADDRESS_BITS
        // PoCL 3.1, whose processors need it least, crashes on long unrolled loops.
        #define UNROLL
        #else
        #define UNROLL _Pragma("unroll")
        #endif
        // A struct from its fields follows in braces: macros of any number of arguments are not in OpenCL C 1.2 (6.9.e).
        #define STRUCT(type) (type)
        #define MAKE_INT2(x, y) ((int2)(x, y))
        #define MAKE_INT3(x, y, z) ((int3)(x, y, z))
        #define MAKE_FLOAT2(x, y) ((float2)(x, y))
        #define MAKE_FLOAT4(x, y, z, w) ((float4)(x, y, z, w))
        typedef char schar;
        typedef long int64;
        typedef ulong uint64;

        """;

    private const string Cuda = """
        // CUDA C for NVRTC; compile with --fmad=false
        #define __kernel extern "C" __global__
        #define __global
        #define __local
        #define FUNCTION [[maybe_unused]] static __device__ __forceinline__
        #define SHARED_ARRAY __shared__
        #define GROUP_LANES(n) __launch_bounds__(n, 2)
        #define UNROLL _Pragma("unroll")
        #define STRUCT(type) type
        #define MAKE_INT2(x, y) make_int2(x, y)
        #define MAKE_INT3(x, y, z) make_int3(x, y, z)
        #define MAKE_FLOAT2(x, y) make_float2(x, y)
        #define MAKE_FLOAT4(x, y, z, w) make_float4(x, y, z, w)
        typedef signed char schar;
        typedef unsigned char uchar;
        typedef unsigned short ushort;
        typedef unsigned int uint;
        typedef long long int64;
        typedef unsigned long long uint64;
        #define CUDA_DIMENSION(v, d) ((d) == 0 ? v.x : (d) == 1 ? v.y : v.z)
        #define get_group_id(d) CUDA_DIMENSION(blockIdx, d)
        #define get_num_groups(d) CUDA_DIMENSION(gridDim, d)
        #define get_local_id(d) CUDA_DIMENSION(threadIdx, d)
        #define get_local_size(d) CUDA_DIMENSION(blockDim, d)
        #define get_global_id(d) (get_group_id(d) * get_local_size(d) + get_local_id(d))
        #define CLK_LOCAL_MEM_FENCE 1
        #define CLK_GLOBAL_MEM_FENCE 2
        #define barrier(flags) __syncthreads()
        #define mem_fence(flags) __threadfence()
        #define as_int(x) __float_as_int(x)
        #define as_uint(x) __float_as_uint(x)
        #define as_float(x) __int_as_float((int)(x))
        #define sqrt(x) sqrtf(x)
        #define fabs(x) fabsf(x)
        #define fma(a, b, c) fmaf(a, b, c)
        #define copysign(x, y) copysignf(x, y)
        #define floor(x) floorf(x)
        #define ceil(x) ceilf(x)
        #define trunc(x) truncf(x)
        #define fmod(x, y) fmodf(x, y)
        #define atomic_add(p, v) atomicAdd(p, v)
        #define atomic_max(p, v) atomicMax(p, v)
        #define atomic_min(p, v) atomicMin(p, v)
        #define atomic_and(p, v) atomicAnd(p, v)
        #define atomic_or(p, v) atomicOr(p, v)
        #define atomic_xor(p, v) atomicXor(p, v)
        #define atomic_xchg(p, v) atomicExch(p, v)
        #define atomic_cmpxchg(p, compare, v) atomicCAS(p, compare, v)

        """;

    private const string Common = """

        // Conversions as in .NET: saturating, NaN becomes 0.
        FUNCTION int int_of_float(float x)
        {
            return x >= 2147483648.0f ? 2147483647 : x > -2147483648.0f ? (int)x : x == x ? -2147483647 - 1 : 0;
        }

        FUNCTION uint uint_of_float(float x)
        {
            return x >= 4294967296.0f ? 4294967295u : x > 0.0f ? (uint)x : 0u;
        }

        FUNCTION int64 int64_of_float(float x)
        {
            const int64 lowest = (int64)((uint64)1u << 63);
            return x >= 9223372036854775808.0f ? ~lowest : x > -9223372036854775808.0f ? (int64)x : x == x ? lowest : (int64)0;
        }

        FUNCTION uint64 uint64_of_float(float x)
        {
            return x >= 18446744073709551616.0f ? ~(uint64)0u : x > 0.0f ? (uint64)x : (uint64)0u;
        }

        FUNCTION bool is_nan(float x)
        {
            return x != x;
        }

        FUNCTION int group_size(void)
        {
            return (int)(get_local_size(0) * get_local_size(1) * get_local_size(2));
        }

        FUNCTION int group_linear_index(void)
        {
            return (int)((get_local_id(2) * get_local_size(1) + get_local_id(1)) * get_local_size(0) + get_local_id(0));
        }

        FUNCTION int grid_linear_index(void)
        {
            return (int)((get_group_id(2) * get_num_groups(1) + get_group_id(1)) * get_num_groups(0) + get_group_id(0));
        }

        FUNCTION int global_linear_index(void)
        {
            return grid_linear_index() * group_size() + group_linear_index();
        }

        // Atomic operations on floats, by their bits; all return the old value.
        #define FLOAT_ATOMICS(space, name) \
        FUNCTION float atomic_cmpxchg_float_##name(volatile space float* p, float compare, float value) \
        { \
            return as_float(atomic_cmpxchg((space int*)p, as_int(compare), as_int(value))); \
        } \
        FLOAT_ATOMIC(space, name, add, old + value) \
        FLOAT_ATOMIC(space, name, max, value > old ? value : old) \
        FLOAT_ATOMIC(space, name, min, value < old ? value : old)
        #define FLOAT_ATOMIC(space, name, operation, result) \
        FUNCTION float atomic_##operation##_float_##name(volatile space float* p, float value) \
        { \
            float old = *p; \
            while (true) \
            { \
                const float seen = atomic_cmpxchg_float_##name(p, old, result); \
                if (as_int(seen) == as_int(old)) \
                { \
                    return old; \
                } \
                old = seen; \
            } \
        }
        FLOAT_ATOMICS(__global, global)
        FLOAT_ATOMICS(__local, local)

        """;

    /// <summary>The prologue of a language.</summary>
    public static string Of(KernelLanguage language) => (language == KernelLanguage.OpenCl ? OpenCl : Cuda) + Common;
}
