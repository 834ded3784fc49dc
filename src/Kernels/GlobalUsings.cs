// The one place that says whose kernel model the kernels are compiled against.
#if USE_ILGPU
global using ILGPU;
global using ILGPU.Runtime;
#else
global using Gpu.Kernels.Model;
#endif
