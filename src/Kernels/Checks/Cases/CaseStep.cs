namespace Gpu.Kernels.Checks;

/// <summary>The step that cases of updates stand at: the third of an epoch, whose learning rate is a power of two.</summary>
internal static class CaseStep
{
    internal const int Step = 2;
    internal const int Sample = 3;
    internal const int GlobalStep = 7;
    internal const int Updates = 4;
    internal const int Epoch = 6;
    internal const int Row = 5;
    internal const float Rate = 0.25f;

    internal static int[] Cursor => [Step, Sample, GlobalStep, Updates, Epoch, Row];

    internal static float[] Rates => [9, 9, Rate, 9];
}
