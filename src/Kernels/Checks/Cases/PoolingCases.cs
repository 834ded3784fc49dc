using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

internal static class PoolingCases
{
    private static readonly Window[] _windows =
    [
        new(1, new(2, 2), Extent.Square(2), Extent.Square(2), default),
        new(20, new(6, 8), Extent.Square(2), Extent.Square(2), default),
        new(33, new(7, 5), Extent.Square(3), Extent.Square(2), Extent.Square(1)),
        new(3, new(9, 10), new(2, 4), new(1, 3), new(1, 2)),
        new(5, new(5, 4), Extent.Square(2), Extent.Square(3), default),
        new(16, new(4, 4), Extent.Square(4), Extent.Square(4), default),
    ];

    private static readonly Window _trained = new(20, Extent.Square(24), Extent.Square(2), Extent.Square(2), default);

    internal static IEnumerable<OperationCase> All =>
    [
        .. from kind in Enum.GetValues<PoolingKind>()
           from window in _windows
           from m in (int[])[1, 19]
           from input in kind == PoolingKind.Max || window.Kernel is { Height: 2, Width: 2 } ? OperationCases.Numbers : [CaseInput.Floats]
           from declaration in new[] { Forward(kind, window, m, input), Backward(kind, window, m, input) }
           select declaration,
        .. from kind in Enum.GetValues<PoolingKind>()
           from declaration in new[]
           {
               Forward(kind, _windows[2], 3, CaseInput.WithNaN), Backward(kind, _windows[2], 3, CaseInput.WithNaN),
               Forward(kind, _windows[1], 0, CaseInput.Floats), Backward(kind, _windows[1], 0, CaseInput.Floats),
               Forward(kind, _trained, 32, CaseInput.Floats, timed: true), Backward(kind, _trained, 32, CaseInput.Floats, timed: true),
           }
           select declaration,
    ];

    private static OperationCase Forward(PoolingKind kind, Window window, int m, CaseInput input, bool timed = false) => new()
    {
        Operation = $"{kind}-pooling-forward".ToLowerInvariant(),
        Parameters = Parameters(window, m),
        Input = input,
        Bytes = 4L * m * (window.ImageLength + ((kind == PoolingKind.Max ? 2 : 1) * window.Pixels * window.Channels)),
        Timed = timed,
        Bind = memory =>
        {
            var x = memory.Input("x", m * window.ImageLength);
            var y = memory.Output("y", m * window.Pixels * window.Channels);
            var chosen = kind == PoolingKind.Max ? memory.Output("chosen", y.Length) : null;
            return new(Pooling.PrepareForward(memory.Accelerator, kind, window, x, m, y, chosen?.View), () =>
            {
                if (chosen is null)
                {
                    return [Expectation.Of(y, Reference64.AveragePooling(window, x.ToDoubles(), m))];
                }

                var expected = Reference64.MaxPooling(window, x.ToDoubles(), m);
                return [Expectation.Of(y, expected.Y), Expectation.Of(chosen, expected.Chosen)];
            });
        },
    };

    private static OperationCase Backward(PoolingKind kind, Window window, int m, CaseInput input, bool timed = false) => new()
    {
        Operation = $"{kind}-pooling-backward".ToLowerInvariant(),
        Parameters = Parameters(window, m),
        Input = input,
        Bytes = 4L * m * (window.ImageLength + ((kind == PoolingKind.Max ? 2 : 1) * window.Pixels * window.Channels)),
        Timed = timed,
        Bind = memory =>
        {
            var dy = memory.Input("dy", m * window.Pixels * window.Channels);
            var dx = memory.Output("dx", m * window.ImageLength);
            if (kind != PoolingKind.Max)
            {
                return new(Pooling.PrepareBackward(memory.Accelerator, kind, window, dy, null, m, dx),
                    () => [Expectation.Of(dx, Reference64.AveragePoolingBackward(window, dy.ToDoubles(), m))]);
            }

            var image = memory.Random.Array(m * window.ImageLength, r => (double)r.Below(9));
            var chosen = memory.Input("chosen", [.. Reference64.MaxPooling(window, image, m).Chosen.Values.Select(place => (float)place)]);
            return new(Pooling.PrepareBackward(memory.Accelerator, kind, window, dy, chosen.View, m, dx),
                () => [Expectation.Of(dx, Reference64.MaxPoolingBackward(window, dy.ToDoubles(), chosen.ToDoubles(), m))]);
        },
    };

    private static (string, object)[] Parameters(Window window, int m) =>
        [("m", m), ("image", window.Image), ("channels", window.Channels), ("window", window.Kernel), ("stride", window.Stride), ("padding", window.Padding)];
}
