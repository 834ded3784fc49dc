using Gpu.Kernels.Tests;
using Gpu.Kernels.Tests.OpenCl;

namespace Gpu.Training.Tests.Loop;

/// <summary>One OpenCL device for all tests of training on it, which come one after the other: some drivers bear no more.</summary>
[OnOpenCl]
[CollectionDefinition(nameof(OpenClCollection))]
public class OpenClCollection : ICollectionFixture<OpenClDevices>;
