using System.Runtime.CompilerServices;

namespace Gpu.Kernels.Accelerators;

/// <summary>
/// What accelerators that call a driver share: the memory that they own, and a release in order that goes on whatever fails.
/// </summary>
public abstract class DriverAccelerator : ComputeAccelerator
{
    private readonly List<IDisposable> _memory = [];
    private bool _isClosing;
    private bool _isClosed;
    private DeviceException? _closingFailure;

    private protected DriverAccelerator()
    {
    }

    /// <summary>Whether a call has failed in a way that the device does not recover from; then nothing can be given back in order.</summary>
    private bool IsLost { get; set; }

    /// <summary>
    /// Gives everything back: launches, programs, buffers that are still open, then the device. What fails does not keep the rest from
    /// being given back; the first failure is thrown at the end, unless an error that was thrown before tells why.
    /// </summary>
    public sealed override void Dispose()
    {
        if (_isClosed)
        {
            return;
        }

        _isClosing = true;
        WaitToRelease();
        ReleaseKept();
        ReleasePrograms();
        foreach (var memory in _memory.ToArray())
        {
            memory.Dispose();
        }

        ReleaseDevice();
        _isClosed = true;
        if (_closingFailure is not null)
        {
            throw _closingFailure;
        }
    }

    /// <summary>Throws where the accelerator was closed.</summary>
    private protected void RequireOpen() => ObjectDisposedException.ThrowIf(_isClosed, this);

    /// <summary>Waits for the work that is under way, the first step of closing.</summary>
    private protected abstract void WaitToRelease();

    /// <summary>Gives back what launches run: graphs, kernels, programs.</summary>
    private protected abstract void ReleasePrograms();

    /// <summary>Gives back what everything else was made with, the last step of closing.</summary>
    private protected abstract void ReleaseDevice();

    /// <summary>The error that a return code becomes.</summary>
    private protected abstract DeviceException ErrorOf(int code, string call, string detail);

    /// <summary>Whether every later call fails too after one that returned this.</summary>
    private protected abstract bool IsFinal(int code);

    /// <summary>Throws where a call has failed.</summary>
    internal void Check(int code, string call, [InterpolatedStringHandlerArgument(nameof(code))] CallDetail detail)
    {
        if (code != 0)
        {
            throw Failure(code, call, detail.Take());
        }
    }

    /// <summary>The error for a call that has failed.</summary>
    internal DeviceException Failure(int code, string call, string detail)
    {
        IsLost |= IsFinal(code);
        return ErrorOf(code, call, detail);
    }

    /// <summary>Checks a call that gives something back: after the device was lost its failure says nothing new.</summary>
    internal void Release(int code, string call)
    {
        if (code == 0 || IsLost)
        {
            return;
        }

        var failure = Failure(code, call, Description);
        if (!_isClosing)
        {
            throw failure;
        }

        _closingFailure ??= failure;
    }

    /// <summary>Owns memory until it is given back, or the accelerator is closed.</summary>
    internal void Add(IDisposable memory) => _memory.Add(memory);

    internal void Remove(IDisposable memory) => _memory.Remove(memory);

    /// <summary>The memory of a view, which must be this accelerator's.</summary>
    internal IDriverMemory Require(IDeviceView view) => view.BufferObject is IDriverMemory memory && memory.Owner == this
        ? memory
        : throw new ArgumentException($"A view of another accelerator's memory was given to {Description}: copy it over first.",
            nameof(view));

    /// <summary>The device of a number, or the first that can be used.</summary>
    /// <param name="kind">What its id begins with.</param>
    /// <param name="index">The number in <c>cuda:1</c>; null for the first.</param>
    /// <param name="devices">Those that were found.</param>
    /// <param name="reason">What is wrong with a device, or null.</param>
    /// <param name="problem">What is missing where none can be used.</param>
    /// <exception cref="DeviceException">There is none.</exception>
    private protected static TDevice Choose<TDevice>(string kind, int? index, IReadOnlyList<TDevice> devices, Func<TDevice, string?> reason,
        string? problem) where TDevice : class =>
        index is not { } number ? devices.FirstOrDefault(d => reason(d) is null) ?? throw new DeviceException(problem ?? $"There is no {kind} device.")
        : number >= 0 && number < devices.Count ? devices[number]
        : throw new DeviceException(devices.Count == 0
            ? $"There is no device {kind}:{number}. {problem}"
            : $"There is no device {kind}:{number}, the last is {kind}:{devices.Count - 1}.");
}
