namespace Gpu.Kernels.Tests.Cuda;

/// <summary>Tests on the emulated driver run one after the other: there is one driver at a time, as there is in a process.</summary>
[CollectionDefinition(nameof(CudaCollection))]
public class CudaCollection;
