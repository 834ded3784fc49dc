using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Tests;

/// <summary>The threads that share out the parts of a launch.</summary>
public class WorkerTeamTests
{
    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(1, 7, 2)]
    [InlineData(2, 2, 0)]
    [InlineData(2, 2, 2)]
    [InlineData(2, 9, 5)]
    [InlineData(3, 100, 0)]
    [InlineData(3, 100, 20)]
    [InlineData(16, 5, 0)]
    [InlineData(16, 5, 2)]
    public void Every_part_runs_once_in_every_run(int threads, int parts, int owned)
    {
        using var cpu = Cpu(threads);
        var launch = new Counting(cpu, parts, WorkerTeam.SmallestSharedCost) { Slices = owned };
        for (var run = 1; run <= 500; run++)
        {
            launch.Run();
            Assert.All(launch.Runs, count => Assert.Equal(run, count));
        }
    }

    /// <summary>As .NET reports a limit of threads or processes: as a lack of memory.</summary>
    [Fact]
    public void Threads_that_the_system_does_not_start_are_an_error_that_says_how_many_there_are()
    {
        var started = new List<Thread>();
        var error = Assert.Throws<DeviceException>(() => new WorkerTeam(8, thread =>
        {
            if (started.Count == 2)
            {
#pragma warning disable CA2201 // what .NET itself throws there
                throw new OutOfMemoryException();
#pragma warning restore CA2201
            }

            thread.Start();
            started.Add(thread);
        }));
        Assert.IsNotType<OutOfDeviceMemoryException>(error);
        Assert.Contains("expected 8 threads, the system gave 3", error.Message, StringComparison.Ordinal);
        Assert.All(started, thread => Assert.True(thread.Join(TimeSpan.FromMinutes(1))));
    }

    [Fact]
    public void Launches_of_different_sizes_do_not_mix()
    {
        using var cpu = Cpu(4);
        var launches = new[] { 2, 9, 3, 31 }.Select(parts => new Counting(cpu, parts, WorkerTeam.SmallestSharedCost)).ToArray();
        for (var run = 1; run <= 300; run++)
        {
            foreach (var launch in launches)
            {
                launch.Run();
                Assert.All(launch.Runs, count => Assert.Equal(run, count));
            }
        }
    }

    [Fact]
    public void Parked_workers_wake_again()
    {
        using var cpu = Cpu(3);
        var launch = new Counting(cpu, 6, WorkerTeam.SmallestSharedCost);
        for (var run = 1; run <= 20; run++)
        {
            Thread.Sleep(2);
            launch.Run();
            Assert.All(launch.Runs, count => Assert.Equal(run, count));
        }
    }

    [Fact]
    public void Small_work_stays_on_the_calling_thread()
    {
        using var cpu = Cpu(4);
        var launch = new Counting(cpu, 50, WorkerTeam.SmallestSharedCost - 1);
        launch.Run();
        Assert.All(launch.Threads, thread => Assert.Equal(Environment.CurrentManagedThreadId, thread));
    }

    [Fact]
    public void What_must_stay_alone_keeps_what_it_is_joined_with_on_the_calling_thread()
    {
        using var cpu = Cpu(4);
        Counting Joined(bool staysAlone) => new(cpu, 50, WorkerTeam.SmallestSharedCost) { StaysAlone = staysAlone, Rows = 50 };
        Counting[] chain = [Joined(staysAlone: false), Joined(staysAlone: true)];
        Counting[] group = [Joined(staysAlone: true), Joined(staysAlone: false)];
        cpu.Sequence("chain", chain).Run();
        cpu.Independent("group", group).Run();
        Assert.All(chain.Concat(group), launch => Assert.All(launch.Threads, thread => Assert.Equal(Environment.CurrentManagedThreadId, thread)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Failure_of_a_part_is_thrown_on_the_calling_thread_and_the_team_lives_on(int threads)
    {
        using var cpu = Cpu(threads);
        for (var run = 0; run < 50; run++)
        {
            var failing = new Counting(cpu, 8, WorkerTeam.SmallestSharedCost) { FailingPart = run % 8 };
            var error = Assert.Throws<InvalidOperationException>(failing.Run);
            Assert.Equal($"part {run % 8}", error.Message);
            var launch = new Counting(cpu, 8, WorkerTeam.SmallestSharedCost);
            launch.Run();
            Assert.All(launch.Runs, count => Assert.Equal(1, count));
        }
    }

    [Fact]
    public void Run_allocates_nothing()
    {
        using var cpu = Cpu(3);
        var launch = new Counting(cpu, 6, WorkerTeam.SmallestSharedCost);
        launch.Run();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var run = 0; run < 100; run++)
        {
            launch.Run();
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Rows_are_shared_out_without_gap_or_overlap()
    {
        foreach (var (rows, parts) in ((int, int)[])[(1, 1), (10, 3), (7, 8), (128, 8), (2_000_000_000, 7)])
        {
            var end = 0;
            for (var part = 0; part < parts; part++)
            {
                var range = CpuLaunch.RowRange(rows, parts, part);
                Assert.Equal(end, range.First);
                Assert.True(range.End >= range.First && (rows < parts || range.End > range.First));
                end = range.End;
            }

            Assert.Equal(rows, end);
        }
    }

    [Fact]
    public void Neighbours_that_share_rows_run_as_one()
    {
        using var cpu = Cpu(2);
        var order = new List<string>();
        CpuLaunch Rows(string name, int rows) => new Recording(cpu, name, order) { Rows = rows };
        var sequence = cpu.Sequence("step", [Rows("a", 8), Rows("b", 8), Rows("c", 0), Rows("d", 8), Rows("e", 4)]);
        sequence.Run();
        Assert.Equal(["a + b", "c", "d", "e"], ((LaunchSequence)sequence).Launches.Select(launch => launch.Name));
        Assert.Equal(["a0", "b0", "a1", "b1", "c0", "c1", "d0", "d1", "e0", "e1"], order);
    }

    [Fact]
    public void Neighbours_that_share_slices_run_as_one_and_within_other_sequences_too()
    {
        using var cpu = Cpu(2);
        var order = new List<string>();
        CpuLaunch Sliced(string name, int slices) => new Recording(cpu, name, order) { Slices = slices };
        var inner = cpu.Sequence("inner", [Sliced("b", 2), Sliced("c", 0)]);
        var sequence = (LaunchSequence)cpu.Sequence("step", [Sliced("a", 2), inner, Sliced("d", 2), new Recording(cpu, "e", order) { Rows = 2 }]);
        sequence.Run();
        Assert.Equal(["a + b", "c", "d", "e"], sequence.Launches.Select(launch => launch.Name));
        Assert.Equal(["a0", "b0", "a1", "b1", "c0", "c1", "d0", "d1", "e0", "e1"], order);
    }

    [Fact]
    public void Parts_with_an_owner_come_first_in_a_group_and_keep_it()
    {
        using var cpu = Cpu(2);
        var order = new List<string>();
        var group = (CpuLaunch)cpu.Independent("group", [new Counting(cpu, 1, 1_000_000), new Recording(cpu, "a", order) { Slices = 2 }]);
        group.RunPart(1);
        Assert.Equal((2, 0, 3), (group.Owned, group.Slices, group.Parts));
        Assert.Equal(["a1"], order);
    }

    [Fact]
    public void A_part_with_an_owner_stays_with_one_thread()
    {
        using var cpu = Cpu(3);
        var caller = Environment.CurrentManagedThreadId;
        var owners = new HashSet<(int, int)>();
        var met = 0;
        for (var run = 0; run < 5_000 && met < 50; run++)
        {
            var launch = new Meeting(cpu);
            launch.Run();
            if (launch.Threads.Distinct().Count() == launch.Parts)
            {
                met++;
                Assert.Equal(caller, launch.Threads[0]);
                owners.UnionWith([(1, launch.Threads[1]), (2, launch.Threads[2])]);
            }
        }

        Assert.Equal((50, 2), (met, owners.Count));
    }

    [Fact]
    public void A_caller_that_was_left_waiting_works_alone_for_a_while()
    {
        using var cpu = Cpu(2);
        var caller = Environment.CurrentManagedThreadId;
        for (var attempt = 0; attempt < 50; attempt++)
        {
            // The worker holds its part far longer than the caller works: as if the system had taken it away.
            new Stalling(cpu, caller).Run();
            var next = new Counting(cpu, 64, WorkerTeam.SmallestSharedCost);
            next.Run();
            Assert.All(next.Runs, count => Assert.Equal(1, count));
            if (next.Threads.All(thread => thread == caller) && SharesAgain(cpu, caller))
            {
                return;
            }
        }

        Assert.Fail("the team never worked alone after a stall and then shared again");
    }

    private static bool SharesAgain(CpuAccelerator cpu, int caller)
    {
        for (var run = 0; run < 20_000; run++)
        {
            var launch = new Counting(cpu, 64, WorkerTeam.SmallestSharedCost);
            launch.Run();
            if (launch.Threads.Any(thread => thread != caller))
            {
                return true;
            }
        }

        return false;
    }

    private static CpuAccelerator Cpu(int threads) => new(new CpuOptions { Threads = threads });

    private sealed class Counting(CpuAccelerator cpu, int parts, long cost) : CpuLaunch(cpu, "counting", parts, cost)
    {
        public int[] Runs { get; } = new int[parts];

        public int[] Threads { get; } = new int[parts];

        public int FailingPart { get; init; } = -1;

        public override void RunPart(int part)
        {
            Interlocked.Increment(ref Runs[part]);
            Threads[part] = Environment.CurrentManagedThreadId;
            if (part == FailingPart)
            {
                throw new InvalidOperationException($"part {part}");
            }
        }
    }

    private sealed class Stalling(CpuAccelerator cpu, int caller)
        : CpuLaunch(cpu, "stalling", 2, WorkerTeam.SmallestSharedCost)
    {
        private int _started;

        public override void RunPart(int part)
        {
            if (Environment.CurrentManagedThreadId != caller)
            {
                Volatile.Write(ref _started, 1);
                Thread.Sleep(30);
                return;
            }

            // Leave the other part to the worker, but not for ever: a busy machine may not run it at all.
            var start = Environment.TickCount64;
            while (Volatile.Read(ref _started) == 0 && Environment.TickCount64 - start < 3)
            {
                Thread.Yield();
            }
        }
    }

    /// <summary>Each part waits for the others, so that no thread has two, but not for ever: a busy machine may not run them at once.</summary>
    private sealed class Meeting : CpuLaunch
    {
        private int _begun;

        public Meeting(CpuAccelerator cpu) : base(cpu, "meeting", 3, WorkerTeam.SmallestSharedCost) => Slices = 3;

        public int[] Threads { get; } = new int[3];

        public override void RunPart(int part)
        {
            Threads[part] = Environment.CurrentManagedThreadId;
            Interlocked.Increment(ref _begun);
            var start = Environment.TickCount64;
            while (Volatile.Read(ref _begun) < Parts && Environment.TickCount64 - start < 20)
            {
                Thread.Yield();
            }
        }
    }

    private sealed class Recording(CpuAccelerator cpu, string name, List<string> order) : CpuLaunch(cpu, name, 2, 1)
    {
        public override void RunPart(int part) => order.Add($"{Name}{part}");
    }
}
