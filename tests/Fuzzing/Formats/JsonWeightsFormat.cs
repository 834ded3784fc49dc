using System.Text;
using Gpu.Fuzzing.Mutations;

namespace Gpu.Fuzzing.Formats;

/// <summary>Weights as JSON: an object of tensors, or a list of layers of neurons.</summary>
internal sealed class JsonWeightsFormat() : WeightsFormat("json")
{
    public override string Name => "json-weights";

    protected override IEnumerable<FuzzInput> MakeValid()
    {
        yield return new FuzzInput(FileName, Own());
        static string Layer(int inputs, int neurons) => $$"""{"label": "a", "neurons": [{{string.Join(", ", Enumerable.Repeat($$"""{"data": [{{string.Join(", ", Enumerable.Range(1, inputs))}}], "bias": -0.5}""", neurons))}}]}""";
        yield return new FuzzInput(FileName, Encoding.UTF8.GetBytes($"[{Layer(4, 3)}, {Layer(3, 2)}]"));
    }

    protected override FuzzInput Mutate(FuzzInput valid, FuzzRandom random) => new(FileName, random.Below(12) switch
    {
        < 8 => JsonMutations.Mutate(valid.Content, random),
        < 10 => ByteMutations.Mutate(valid.Content, random),
        10 => TextMutations.Encode(valid.Content, random),
        _ => ByteMutations.Replace(valid.Content, random),
    });
}
