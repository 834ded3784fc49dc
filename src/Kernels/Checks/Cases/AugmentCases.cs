using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

internal static class AugmentCases
{
    private const ulong Seed = 0x1234567890ABCDEF;

    internal static IEnumerable<OperationCase> All =>
    [
        .. from kind in Augmentations.All
           from shape in (AugmentShape[])[new(1, 28, 28, 1), new(33, 28, 28, 1), new(5, 9, 33, 1), new(3, 37, 6, 3), new(2, 1, 1, 1)]
           select Declare(Example(ImageAugmentation.None, kind), shape),
        Declare(ImageAugmentation.None, new(3, 28, 28, 1)),
        Declare(ImageAugmentation.None.With(RotationAugmentation.Kind, 180), new(40, 31, 28, 1)),
        Declare(ImageAugmentation.None.With(ScaleAugmentation.Kind, 0.9f).With(ShearAugmentation.Kind, 2), new(9, 16, 64, 1)),
        Declare(ImageAugmentation.None.With(ElasticAugmentation.Kind, 300, 1), new(4, 64, 32, 1)),
        Declare(ImageAugmentation.None.With(ElasticAugmentation.Kind, 2000, 40), new(2, 40, 70, 2)),
        Declare(ImageAugmentation.None.With(NoiseAugmentation.Kind, 1), new(3, 20, 20, 1)),
        Declare(Augmentations.All.Aggregate(ImageAugmentation.None, Example), new(7, 32, 32, 3)),
        Declare(Augmentations.All.Aggregate(ImageAugmentation.None, Example), new(128, 28, 28, 1), timed: true),
        Declare(Example(ImageAugmentation.None, ElasticAugmentation.Kind), new(128, 28, 28, 1), timed: true),
        Declare(Example(ImageAugmentation.None, ShiftAugmentation.Kind), new(128, 28, 28, 1), timed: true),
    ];

    private static ImageAugmentation Example(ImageAugmentation augmentation, AugmentationKind kind) =>
        augmentation.With(kind, [.. kind.Example.Split('/').Select(number => float.Parse(number, System.Globalization.CultureInfo.InvariantCulture))]);

    private static OperationCase Declare(ImageAugmentation augmentation, AugmentShape shape, bool timed = false) => new()
    {
        Operation = "augment",
        Parameters =
        [
            ("rows", shape.Rows), ("height", shape.Height), ("width", shape.Width), ("channels", shape.Channels),
            ("by", augmentation.ToString().Replace(',', '+').Replace(':', '-')),
        ],
        Bytes = 2L * shape.Rows * shape.Features,
        Timed = timed,
        Bind = memory => Bind(memory, augmentation, shape),
    };

    private static CaseBinding Bind(CaseMemory memory, ImageAugmentation augmentation, AugmentShape shape)
    {
        var samples = shape.Rows + 7;
        var values = memory.Input("values", memory.Random.Array(samples * shape.Features, r => (byte)(r.Below(2) * r.Below(256))));
        var labels = memory.Input("labels", memory.Random.Array(samples, r => (byte)r.Below(10)));
        var order = memory.Input("order", memory.Random.Permutation(samples));
        var numbers = memory.Input("samples", memory.Random.Array(samples, r => r.Below(1_000_000)));
        var batch = memory.Output<byte>("batch", shape.Rows * shape.Features);
        var batchLabels = memory.Output<byte>("batchLabels", shape.Rows);
        var operation = memory.Own(new AugmentBatch(memory.Accelerator, shape, augmentation, Seed));
        var launch = operation.Prepare(new AugmentMemory
        {
            Values = values,
            Labels = labels,
            Order = order,
            Samples = numbers,
            Cursor = memory.Input("cursor", CaseStep.Cursor),
            Batch = batch,
            BatchLabels = batchLabels,
        });
        return new(launch, () => Expected(augmentation, shape, values, labels, order, numbers, batch, batchLabels));
    }

    private static IEnumerable<Expectation> Expected(ImageAugmentation augmentation, AugmentShape shape, CaseTensor<byte> values, CaseTensor<byte> labels,
        CaseTensor<int> order, CaseTensor<int> numbers, CaseTensor<byte> batch, CaseTensor<byte> batchLabels)
    {
        var one = shape with { Rows = 1 };
        var images = new List<Bounded>();
        var answers = new double[shape.Rows];
        for (var row = 0; row < shape.Rows; row++)
        {
            var place = CaseStep.Sample + row;
            var (sample, number) = (order.ToArray()[place], numbers.ToArray()[place]);
            answers[row] = labels.ToArray()[sample];
            images.Add(Reference64.Augment(values.ToArray().AsSpan(sample * shape.Features, shape.Features), one, augmentation,
                (stream, at) => Reference64.AugmentationWord(Seed, CaseStep.Epoch, number, stream, at)));
        }

        yield return Expectation.Of(batch, new Bounded([.. images.SelectMany(image => image.Values)], [.. images.SelectMany(image => image.Allowed)]));
        yield return Expectation.Of(batchLabels, Bounded.Exact(answers));
    }
}
