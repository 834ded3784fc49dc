using System.Runtime.InteropServices;
using Gpu.Training.Data;
using Gpu.Training.Random;

namespace Gpu.Training.Tests.Loop;

/// <summary>Small data sets for tests of the loop, made from a seed.</summary>
internal static class Samples
{
    /// <summary>Sparse bytes whose class can be learned: each class lights its own stretch of values, with noise.</summary>
    internal static DataSet Make(int count, int height = 6, int width = 6, int classes = 4, ulong seed = 7)
    {
        var features = height * width;
        var values = new byte[count * features];
        var labels = new byte[count];
        for (var i = 0; i < count; i++)
        {
            var random = new RandomStream(seed, RandomPurpose.Digits, index: i);
            labels[i] = (byte)random.Next(classes);
            for (var f = 0; f < features; f++)
            {
                var lit = f * classes / features == labels[i] ? 0.7 : 0.1;
                if (random.NextDouble() < lit)
                {
                    values[(i * features) + f] = (byte)(1 + random.Next(255));
                }
            }
        }

        return new DataSet("made samples", values, labels, height, width, classes);
    }

    /// <summary>Floats whose sum over the first half, with noise, is the quantity to learn.</summary>
    internal static DataSet MakeQuantities(int count, int features = 12, ulong seed = 7)
    {
        var floats = new List<float>();
        for (var i = 0; i < count; i++)
        {
            var random = new RandomStream(seed, RandomPurpose.Digits, index: i);
            float[] inputs = [.. Enumerable.Range(0, features).Select(_ => (float)random.NextNormal())];
            floats.AddRange([.. inputs, inputs[..(features / 2)].Sum() + (0.3f * (float)random.NextNormal())]);
        }

        var store = new MemorySamples(MemoryMarshal.AsBytes<float>(floats.ToArray()).ToArray(), (features + 1) * sizeof(float));
        return new DataSet("made quantities", store, [], 1, features, 1, sizeof(float)) { Quantity = new TargetEncoding(0, 1) };
    }

    /// <summary>Floats, and behind them the numbers of values, of which 0 and one too many are none; the class is drawn.</summary>
    internal static DataSet MakeNumbered(int count, int features, int[] values, int classes = 4, ulong seed = 7)
    {
        var (floats, labels) = (new List<float>(), new byte[count]);
        for (var i = 0; i < count; i++)
        {
            var random = new RandomStream(seed, RandomPurpose.Digits, index: i);
            labels[i] = (byte)random.Next(classes);
            for (var f = 0; f < features; f++)
            {
                var coded = f - (features - values.Length);
                floats.Add(coded < 0 ? (float)random.NextNormal() : random.Next(values[coded] + 2));
            }
        }

        var store = new MemorySamples(MemoryMarshal.AsBytes<float>(floats.ToArray()).ToArray(), features * sizeof(float));
        return new DataSet("made numbers of values", store, labels, 1, features, classes, sizeof(float));
    }

    /// <summary>Samples of bytes as the floats that a scaling makes of them.</summary>
    internal static DataSet AsFloats(DataSet data, PixelScaling scaling)
    {
        float[] floats = [.. data.Values.Select(value => MathF.FusedMultiplyAdd(value, scaling.Scale, scaling.Offset))];
        var store = new MemorySamples(MemoryMarshal.AsBytes<float>(floats).ToArray(), data.Features * sizeof(float));
        return new DataSet(data.Source, store, data.Labels, data.Height, data.Width, data.Classes, sizeof(float));
    }
}
