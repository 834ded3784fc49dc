namespace Gpu.Kernels.Tests.Cuda;

/// <summary>Tests of the CUDA backend run one after the other: there is one driver at a time, as there is in a process.</summary>
[OnCuda]
[CollectionDefinition(nameof(CudaCollection))]
public class CudaCollection : ICollectionFixture<CudaDevices>;
