using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

public sealed partial class GatherMatMul
{
    private sealed unsafe partial class DenseSlices
    {
        /// <summary>The weights of a slice: the gradient of a few features' weights is made, and used while the first-level cache has it.</summary>
        private sealed class DenseDescentLaunch<TRule, TSimd, TVector> : CpuLaunch
            where TRule : struct, IUpdateRule where TSimd : struct, ISimd<TVector> where TVector : struct
        {
            private readonly UpdateVectors<TRule, TSimd, TVector> _vectors;
            private readonly Block[][] _blocks;

            internal DenseDescentLaunch(DenseSlices slices, DescentTwin twin, UpdateNumbers<float> constants) : base(slices.Cpu,
                $"gather-matmul-dense-weight-descent {twin.Settings.Optimizer.Optimizer.Name}", slices._shape.Slices,
                (2L * slices._shape.Rows * twin.Memory.Parameters.Length) + UpdateVectors<TRule, TSimd, TVector>.Bytes(twin.Memory))
            {
                Slices = Parts;
                _vectors = new(twin.Settings, twin.Memory, constants);
                _blocks = [.. slices.Slices.Select(slice => BlocksOf(slices, slice, twin).ToArray())];
            }

            /// <inheritdoc/>
            public override void RunPart(int part)
            {
                var begun = _vectors.Begin();
                foreach (var block in _blocks[part])
                {
                    WorkerTeam.RunAlone(block.Gradient);
                    _vectors.Update(begun, block.First, block.End, block.Room);
                }
            }

            private static List<Block> BlocksOf(DenseSlices slices, int slice, DescentTwin twin)
            {
                var (rows, outputs) = (slices._shape.Rows, slices._shape.Outputs);
                var (features, before) = (slices.FeaturesOf(slice), (int)slices.WeightsBefore(slice));

                // Room that no other slice writes: the gradients of the slice's first features.
                var room = twin.Memory.Gradients.Pointer() + before;
                var blocks = new List<Block>();
                for (var first = 0; first < features; first += BlockFeatures(outputs))
                {
                    var end = Math.Min(first + BlockFeatures(outputs), features);
                    var product = new OuterProduct("gather-matmul-dense-weight-gradient", slices.X(slice) + first, twin.Dy.Pointer(), room, null, null, rows,
                        end - first, outputs, large: false)
                    {
                        XStride = features,
                    };
                    blocks.Add(new(product.Prepare<TSimd, TVector>(slices.Cpu), before + (first * outputs), before + (end * outputs), room));
                }

                return blocks;
            }

            /// <summary>The launch that makes the gradients of some weights, which these are, and where.</summary>
            private readonly struct Block(CpuLaunch gradient, int first, int end, float* room)
            {
                internal CpuLaunch Gradient => gradient;

                internal int First => first;

                internal int End => end;

                internal float* Room => room;
            }
        }
    }
}
