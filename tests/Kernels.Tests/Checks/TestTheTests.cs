using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Tests.Checks;

/// <summary>A checker that accepts everything is worse than none: each must turn red on the fault it is there for.</summary>
public unsafe class TestTheTests
{
    private const int M = 3;
    private const int N = 5;

    private static readonly CpuAccelerator _device = new(new CpuOptions { Path = SimdPath.Scalar, Threads = 1, Strict = true });

    private delegate void Work(float* x, float* y, int run);

    [Fact]
    public void The_right_answer_passes() => Assert.True(Check(Double).Passed);

    [Fact]
    public void NaN_is_rejected() => Rejected("y[7] is NaN", (x, y, run) =>
    {
        Double(x, y, run);
        y[7] = float.NaN;
    });

    [Fact]
    public void A_doubled_gradient_is_rejected() => Rejected("y[", (x, y, run) =>
    {
        Double(x, y, run);
        for (var i = 0; i < M * N; i++)
        {
            y[i] *= 2;
        }
    });

    [Fact]
    public void An_unwritten_element_is_rejected() => Rejected("y[0] was never written", (x, y, _) =>
    {
        for (var i = 1; i < M * N; i++)
        {
            y[i] = 2 * x[i];
        }
    });

    [Theory]
    [InlineData(M * N, "after the end of y")]
    [InlineData((M * N) + 63, "after the end of y")]
    [InlineData(-1, "before the start of y")]
    [InlineData(-64, "before the start of y")]
    public void A_write_outside_is_rejected(int index, string message) => Rejected(message, (x, y, run) =>
    {
        Double(x, y, run);
        y[index] = 0;
    });

    [Fact]
    public void A_written_input_is_rejected() => Rejected("x is an input and was written", (x, y, run) =>
    {
        Double(x, y, run);
        x[0] += 1;
    });

    [Fact]
    public void Elements_in_the_wrong_order_are_rejected() => Rejected("y[", (x, y, _) =>
    {
        for (var i = 0; i < M * N; i++)
        {
            y[(i % N * M) + (i / N)] = 2 * x[i];
        }
    });

    [Fact]
    public void A_read_outside_spoils_the_result() => Rejected("y[0] is NaN", (x, y, run) =>
    {
        Double(x, y, run);
        y[0] += 0 * x[M * N];
    });

    [Fact]
    public void A_second_run_with_other_bits_is_rejected() => Rejected("in one run", (x, y, run) =>
    {
        Double(x, y, run);
        y[2] = run == 1 ? MathF.BitIncrement(y[2]) : y[2];
    });

    [Fact]
    public void An_error_just_above_the_bound_is_rejected_and_one_below_is_not()
    {
        Assert.True(Check((x, y, run) => Shift(x, y, run, 0.99f)).WorstShare is > 0.9 and <= 1);
        Rejected("y[4]", (x, y, run) => Shift(x, y, run, 1.01f));

        static void Shift(float* x, float* y, int run, float share)
        {
            Double(x, y, run);
            y[4] += share * Bound;
        }
    }

    [Fact]
    public void Integers_leave_no_room() => Assert.False(
        Check((x, y, run) =>
        {
            Double(x, y, run);
            y[4] += 0.5f * Bound;
        }, CaseInput.Integers).Passed);

    [Fact]
    public void An_output_without_an_expectation_is_rejected()
    {
        var declaration = Declare(Double, CaseInput.Floats, checkOutput: false);

        Assert.Contains("y is an output that nothing checks", declaration.Check(_device).Failure, StringComparison.Ordinal);
    }

    private const float Bound = 1f / 1024;

    private static void Double(float* x, float* y, int run)
    {
        for (var i = 0; i < M * N; i++)
        {
            y[i] = 2 * x[i];
        }
    }

    private static void Rejected(string message, Work work)
    {
        var result = Check(work);

        Assert.False(result.Passed);
        Assert.Contains(message, result.Failure, StringComparison.Ordinal);
        Assert.Contains("double(m=3,n=5)", result.ToString(), StringComparison.Ordinal);
    }

    private static CheckResult Check(Work work, CaseInput input = CaseInput.Floats) => Declare(work, input, true).Check(_device);

    private static OperationCase Declare(Work work, CaseInput input, bool checkOutput) => new()
    {
        Operation = "double",
        Parameters = [("m", M), ("n", N)],
        Input = input,
        Bind = memory =>
        {
            var x = memory.Input("x", M * N);
            var y = memory.Output("y", M * N);
            var expected = new Bounded([.. x.ToDoubles().Select(v => 2 * v)], [.. Enumerable.Repeat((double)Bound, M * N)]);
            return new CaseBinding(new WorkLaunch(_device, x, y, work), () => checkOutput ? [Expectation.Of(y, expected)] : []);
        },
    };

    private sealed class WorkLaunch(CpuAccelerator cpu, DeviceView<float> x, DeviceView<float> y, Work work)
        : CpuLaunch(cpu, "work", 1, 1)
    {
        private int _run;

        public override void RunPart(int part) => work(x.Pointer(), y.Pointer(), _run++);
    }
}
