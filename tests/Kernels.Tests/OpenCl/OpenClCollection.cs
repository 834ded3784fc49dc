namespace Gpu.Kernels.Tests.OpenCl;

/// <summary>Tests that use OpenCL run one after the other, on one accelerator: drivers compile slowly, and not all are safe for several threads.</summary>
[OnOpenCl]
[CollectionDefinition(nameof(OpenClCollection))]
public class OpenClCollection : ICollectionFixture<OpenClDevices>;
