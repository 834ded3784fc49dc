using Gpu.Kernels.Ops;
using Gpu.Training.Data;

namespace Gpu.Training.Augmentation;

/// <summary>Whether samples can be augmented.</summary>
internal static class AugmentationFit
{
    /// <summary>The images of a batch.</summary>
    internal static AugmentShape Shape(int rows, int height, int features) => new(rows, height, features / height, 1);

    /// <summary>Checks that samples are images, and that no shift can move them out of sight.</summary>
    /// <exception cref="TrainingException">They are none, or one can.</exception>
    internal static void Require(ImageAugmentation augmentation, DataSet data)
    {
        if (data.AreFloats || data.Height == 1)
        {
            throw TrainingException.BadUsage(
                $"{data.Source}: --augment changes images of known height and width, and these samples are {data.Features:N0} "
                + $"{(data.AreFloats ? "encoded values" : "values in a row")}: leave --augment out.");
        }

        if (augmentation.Shift >= Math.Min(data.Height, data.Width))
        {
            throw TrainingException.BadUsage(
                $"{data.Source}: shift:{augmentation.Shift} can move images of {data.Height} x {data.Width} out of sight: take fewer pixels than {Math.Min(data.Height, data.Width)}.");
        }
    }
}
