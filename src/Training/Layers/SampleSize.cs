using System.Globalization;

namespace Gpu.Training.Layers;

/// <summary>The size of what a layer takes or gives for each sample: a picture whose channels lie together pixel by pixel, or plain numbers.</summary>
/// <param name="Height">Rows of the picture; 1 for plain numbers.</param>
/// <param name="Width">Columns of the picture; 1 for plain numbers.</param>
/// <param name="Channels">Numbers of a pixel; all of them for plain numbers.</param>
public readonly record struct SampleSize(int Height, int Width, int Channels)
{
    /// <summary>Numbers in all; below 1 where there are more than 32 bits can count.</summary>
    public int Count => (long)Height * Width * Channels is var count && count <= int.MaxValue ? (int)count : 0;

    /// <summary>Whether it is plain numbers, no picture.</summary>
    public bool IsFlat => Height == 1 && Width == 1;

    /// <summary>Plain numbers.</summary>
    public static SampleSize Of(int numbers) => new(1, 1, numbers);

    /// <summary>Reads <c>784</c>, <c>28x28</c> or <c>28x28x1</c>; false where it is none of them.</summary>
    public static bool TryParse(string text, out SampleSize size)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Split('x');
        int[] numbers = [1, 1, 1];
        size = default;
        for (var i = 0; i < parts.Length; i++)
        {
            if (i == numbers.Length || !int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]) || numbers[i] < 1)
            {
                return false;
            }
        }

        size = parts.Length == 1 ? Of(numbers[0]) : new(numbers[0], numbers[1], numbers[2]);
        return size.Count > 0;
    }

    /// <summary><c>128</c> for plain numbers, <c>28x28x1</c> for pictures.</summary>
    public override string ToString() => IsFlat
        ? Channels.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{Height}x{Width}x{Channels}");
}
