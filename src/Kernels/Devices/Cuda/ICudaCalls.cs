namespace Gpu.Kernels.Devices.Cuda;

/// <summary>The groups of a launch.</summary>
/// <param name="X">Groups in the first dimension.</param>
/// <param name="Y">Groups in the second dimension.</param>
/// <param name="GroupX">Lanes of a group in the first dimension.</param>
/// <param name="GroupY">Lanes of a group in the second dimension.</param>
internal readonly record struct CudaGrid(int X, int Y, int GroupX, int GroupY)
{
    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{X:N0} x {Y:N0} groups of {GroupX} x {GroupY} lanes");
}

/// <summary>
/// What launches and graphs ask of CUDA: ILGPU's own calls, and those for graphs that ILGPU has not. Every call returns the driver's code, 0
/// for success. Tests put a recorder in its place.
/// </summary>
internal interface ICudaCalls
{
    /// <summary>Makes the device that of the calling thread, which need not be the one that opened it.</summary>
    void Bind();

    /// <summary>Compiles PTX; the log says what is wrong with it.</summary>
    int LoadModule(string ptx, out nint module, out string? log);

    /// <summary>A function of a module.</summary>
    int GetFunction(nint module, string name, out nint function);

    /// <summary>Gives a module back.</summary>
    int UnloadModule(nint module);

    /// <summary>Enqueues a kernel.</summary>
    /// <param name="function">The kernel.</param>
    /// <param name="grid">Its groups.</param>
    /// <param name="arguments">The address of as many pointers as the kernel has parameters.</param>
    int Launch(nint function, CudaGrid grid, nint arguments);

    /// <summary>Copies between host and device, whichever way the addresses say, in order with the launches.</summary>
    int Copy(nint destination, nint source, long bytes);

    /// <summary>Waits for everything enqueued.</summary>
    int Synchronize();

    /// <summary>Begins to record what is enqueued, in place of doing it.</summary>
    int BeginCapture();

    /// <summary>Ends the recording.</summary>
    int EndCapture(out nint graph);

    /// <summary>How many branches a recording may have open; 0 while nothing is recorded.</summary>
    int Branches { get; }

    /// <summary>Turns to a branch: what follows is recorded as what may run beside the rest, from here on.</summary>
    int BeginBranch(int branch);

    /// <summary>Turns back to where a branch began.</summary>
    int EndBranch(int branch);

    /// <summary>What follows waits for all that a branch was given.</summary>
    int JoinBranch(int branch);

    /// <summary>Gives back what branches are recorded by; the next recording makes it anew.</summary>
    void DestroyBranches();

    /// <summary>Makes a recorded graph ready to run.</summary>
    int Instantiate(nint graph, out nint executable);

    /// <summary>Enqueues a graph.</summary>
    int LaunchGraph(nint executable);

    /// <summary>Gives a recorded graph back.</summary>
    int DestroyGraph(nint graph);

    /// <summary>Gives a graph that was made ready back.</summary>
    int DestroyExecutable(nint executable);

    /// <summary>The name of a code, with its number.</summary>
    string NameOf(int code);
}
