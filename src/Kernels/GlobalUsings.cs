// The one place that says whose kernel model the kernels are compiled against.
global using Gpu.Kernels.Model;
