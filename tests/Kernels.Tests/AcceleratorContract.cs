using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Tests;

/// <summary>What every accelerator promises, whichever backend it is.</summary>
public abstract class AcceleratorContract
{
    /// <summary>The accelerator under test, opened so that launches can be timed.</summary>
    protected abstract ComputeAccelerator Accelerator { get; }

    /// <summary>Bytes on the managed heap that belong to the test's own means and not to the accelerator.</summary>
    protected virtual long ForeignBytes => 0;

    /// <summary>Launches of a sequence of four, two of them independent: fewer where the accelerator joins those.</summary>
    protected virtual int LaunchesOfFour => 4;

    [Fact]
    public void It_says_what_it_is()
    {
        var traits = Accelerator.Traits;
        Assert.True(traits.ComputeUnits > 0 && traits.LargestGroup >= 64 && traits.SharedMemoryBytes >= 16 * 1024);
        Assert.InRange(traits.GroupLanes, 1, 128);
        Assert.NotEmpty(traits.Vendor);
        Assert.NotEmpty(Accelerator.Name);
    }

    [Fact]
    public void Open_buffers_are_counted()
    {
        var before = Accelerator.Memory;
        Assert.True(before.TotalBytes > 0 && before.LargestAllocationBytes > 0);
        Assert.True(before.FreeBytes is null or > 0);
        using (Accelerator.Allocate<float>(1000))
        {
            Assert.Equal(before.AllocatedBytes + 4000, Accelerator.Memory.AllocatedBytes);
        }

        Assert.Equal(before.AllocatedBytes, Accelerator.Memory.AllocatedBytes);
    }

    [Fact]
    public void Uploads_keep_their_order_with_launches_and_copies()
    {
        using var host = Accelerator.AllocateHost<float>(8);
        using var x = Accelerator.Allocate<float>(4);
        using var y = Accelerator.Allocate<float>(4);
        var launch = Activations.PrepareForward(Accelerator, Activation.LeakyRelu, x, y);
        x.CopyFrom([9, 9, 9, 9]);
        for (var round = 1; round <= 20; round++)
        {
            host.WaitForUploads();
            for (var i = 0; i < host.Length; i++)
            {
                host.Span[i] = (round * 10) + i;
            }

            x.Upload(host, 4, 3, 1);
            launch.Run();
            var found = y.ToArray();
            Assert.Equal([9f, (round * 10) + 4, (round * 10) + 5, (round * 10) + 6], found);
        }
    }

    [Fact]
    public void An_upload_of_nothing_is_none_and_a_range_outside_is_refused()
    {
        using var host = Accelerator.AllocateHost<byte>(4);
        using var buffer = Accelerator.Allocate<byte>(4);
        buffer.CopyFrom([1, 2, 3, 4]);
        buffer.Upload(host, 4, 0, 4);
        host.WaitForUploads();
        Assert.Equal([1, 2, 3, 4], buffer.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Upload(host, 1, 4, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Upload(host, 0, 2, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Upload(host, -1, 2, 0));
    }

    [Fact]
    public void Host_memory_that_was_given_back_is_not_used()
    {
        var host = Accelerator.AllocateHost<byte>(4);
        using var buffer = Accelerator.Allocate<byte>(4);
        buffer.Upload(host, 0, 4, 0);
        host.Dispose();
        host.Dispose();
        Assert.Throws<ObjectDisposedException>(() => buffer.Upload(host, 0, 4, 0));
        Assert.Throws<ObjectDisposedException>(() => host.Span[0]);
    }

    [Fact]
    public virtual void An_upload_allocates_nothing()
    {
        using var host = Accelerator.AllocateHost<byte>(64);
        using var buffer = Accelerator.Allocate<byte>(64);
        buffer.Upload(host, 0, 64, 0);
        host.WaitForUploads();
        var before = AllocatedBytes;
        for (var i = 0; i < 100; i++)
        {
            buffer.Upload(host, 0, 32, 16);
            buffer.Upload(host, 32, 32, 0);
            host.WaitForUploads();
        }

        Assert.Equal(before, AllocatedBytes);
    }

    [Fact]
    public virtual void Launches_and_sequences_allocate_nothing()
    {
        using var x = Accelerator.Allocate<float>(64);
        x.CopyFrom(new float[64]);
        var launch = Activations.PrepareForward(Accelerator, Activation.Relu, x, x);
        var sequence = Accelerator.Sequence("twice", [launch, Accelerator.Independent("both", [launch, launch])]);
        launch.Run();
        sequence.Run();
        var before = AllocatedBytes;
        for (var i = 0; i < 100; i++)
        {
            launch.Run();
            sequence.Run();
        }

        Assert.Equal(before, AllocatedBytes);
        Accelerator.Synchronize();
    }

    [Fact]
    public void Launches_are_timed_as_often_as_asked()
    {
        // Each run makes a hundredth of what was there.
        using var x = Accelerator.Allocate<float>(100_000);
        x.CopyFrom([.. Enumerable.Repeat(-1f, x.Length)]);
        var launch = Activations.PrepareForward(Accelerator, Activation.LeakyRelu, x, x);
        var times = new[] { Accelerator.Measure(launch, 1), Accelerator.Measure(launch, 5) };
        Assert.All(times, seconds => Assert.True(seconds > 0 && double.IsFinite(seconds), $"{seconds} s"));
        Assert.All(x.ToArray(), v => Assert.Equal(-12, Math.Log10(-v), 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => Accelerator.Measure(launch, 0));
    }

    [Fact]
    public void A_launch_over_nothing_is_none()
    {
        using var empty = Accelerator.Allocate<float>(0);
        using var guarded = Accelerator.Allocate<float>(3);
        guarded.CopyFrom([-1f, -1f, -1f]);
        var launch = Activations.PrepareForward(Accelerator, Activation.Relu, empty, empty);
        var between = Activations.PrepareForward(Accelerator, Activation.Relu, guarded.View.Slice(1, 0), guarded.View.Slice(1, 0));
        launch.Run();
        between.Run();
        Accelerator.Synchronize();
        Assert.Equal([-1f, -1f, -1f], guarded.ToArray());
    }

    [Fact]
    public void Memory_that_was_given_back_takes_and_gives_nothing()
    {
        var buffer = Accelerator.Allocate<byte>(4);
        using var host = Accelerator.AllocateHost<byte>(4);
        Assert.Throws<ArgumentNullException>(() => buffer.Upload(null!, 0, 0, 0));
        buffer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => buffer.CopyFrom([]));
        Assert.Throws<ObjectDisposedException>(() => buffer.CopyTo([]));
        Assert.Throws<ObjectDisposedException>(() => buffer.Upload(host, 0, 0, 0));
    }

    [Fact]
    public void A_sequence_counts_its_launches()
    {
        using var x = Accelerator.Allocate<float>(8);
        x.CopyFrom(new float[8]);
        var add = Activations.PrepareForward(Accelerator, Activation.Relu, x, x);
        Assert.Equal(1, add.LaunchCount);
        var inner = Accelerator.Independent("inner", [add, add]);
        var sequence = Accelerator.Sequence("outer", [add, inner, add]);
        sequence.Run();
        Accelerator.Synchronize();
        Assert.Equal("outer", sequence.Name);
        Assert.Equal(LaunchesOfFour, sequence.LaunchCount);
    }

    private long AllocatedBytes => GC.GetAllocatedBytesForCurrentThread() - ForeignBytes;
}
