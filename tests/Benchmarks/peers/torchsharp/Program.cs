using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

// TorchSharp behind the line protocol of tests/Benchmarks/Server.cs, which says what is asked and answered: peers.py asks both in turn.
//   torchsharp-peer THREADS IMAGES LABELS: the test samples as IDX files, not compressed
//   torchsharp-peer convolution THREADS FOLDER BATCH SAMPLES EPOCHS: trains, for convolution.py
//   torchsharp-peer dense THREADS FOLDER BATCH SAMPLES PASSES: trains, for batches.py
const double ProductSeconds = 0.15;
const double PassSeconds = 1;
if (args is ["convolution", _, var folder, ..])
{
    ConvolutionalNetwork.Train(Size(args[1]), folder, Size(args[3]), Size(args[4]), Size(args[5]));
    return 0;
}

if (args is ["dense", _, var files, ..])
{
    DenseNetwork.Train(Size(args[1]), files, Size(args[3]), Size(args[4]), Size(args[5]));
    return 0;
}

torch.set_num_threads(int.Parse(args[0], CultureInfo.InvariantCulture));
using var off = torch.inference_mode();
Tensor? images = null, labels = null;
while (Console.ReadLine() is { } line)
{
    var words = line.Split(' ');
    using var scope = torch.NewDisposeScope();
    var answer = words[0] is "evaluate" or "predict"
        ? Pass(words[0], [.. words[1].Split(',').Select(Size)], words[2])
        : [Product(words[0], Size(words[1]), Size(words[2]), Size(words[3]))];
    Console.WriteLine(string.Join(' ', answer.Select(number => number.ToString("F1", CultureInfo.InvariantCulture))));
}

return 0;

static int Size(string word) => int.Parse(word, CultureInfo.InvariantCulture);

static double Fastest(double seconds, int least, Action run)
{
    var fastest = double.PositiveInfinity;
    for (var (spent, runs) = (0.0, 0); spent < seconds || runs < least; runs++)
    {
        var start = Stopwatch.GetTimestamp();
        run();
        var once = Stopwatch.GetElapsedTime(start).TotalSeconds;
        spent += once;
        fastest = Math.Min(fastest, once);
    }

    return fastest;
}

// Small integers, whose sums are exact in any order, are checked against the product in float64 first; the results are written in place.
static double Product(string operation, int m, int k, int n)
{
    const double Rate = 1.0 / 64;
    Tensor Integers(int rows, int columns) => torch.randint(-8, 9, [rows, columns], ScalarType.Float32);
    Tensor x = Integers(m, k), w = Integers(k, n), y = Integers(m, n), wt = w.t(), xt = x.t();
    (Tensor Target, Tensor Expected, Action Run) product = operation switch
    {
        "forward" => (y, Exact(x).mm(Exact(w)), () => y.addmm_(x, w, 0, 1)),
        "input-gradient" => (x, Exact(y).mm(Exact(wt)), () => x.addmm_(y, wt, 0, 1)),
        "weight-update" => (w, Exact(w) - (Exact(xt).mm(Exact(y)) * Rate), () => w.addmm_(xt, y, 1, (float)-Rate)),
        _ => throw new ArgumentException($"Expected forward, input-gradient or weight-update, found '{operation}'."),
    };
    product.Run();
    if (!(Exact(product.Target).sub(product.Expected).abs().max().ToDouble() <= 0))
    {
        throw new InvalidOperationException($"{operation} {m} {k} {n} is wrong.");
    }

    return 2e-9 * m * k * n / Fastest(ProductSeconds, 5, product.Run);
}

static Tensor Exact(Tensor tensor) => tensor.to_type(ScalarType.Float64);

// Images lie in memory as floats; all at once, and 1,000 at a time: the faster counts.
double[] Pass(string what, int[] sizes, string activation)
{
    images ??= Idx(args[1], 16).to_type(ScalarType.Float32).div(255).reshape(-1, sizes[0]).DetachFromDisposeScope();
    labels ??= Idx(args[2], 8).to_type(ScalarType.Int64).DetachFromDisposeScope();
    var weights = Enumerable.Range(0, sizes.Length - 1).Select(layer => Weights(layer, sizes[layer], sizes[layer + 1])).ToArray();
    var biases = sizes.Skip(1).Select(outputs => torch.zeros(outputs)).ToArray();
    var count = (int)images.shape[0];
    var right = 0L;
    var answered = new float[count * sizes[^1]];
    var fastest = double.PositiveInfinity;
    foreach (var chunk in (int[])[count, 1000])
    {
        fastest = Math.Min(fastest, Fastest(PassSeconds, 3, () =>
        {
            right = 0;
            for (var first = 0; first < count; first += chunk)
            {
                using var inner = torch.NewDisposeScope();
                var y = Forward(images.narrow(0, first, Math.Min(chunk, count - first)), weights, biases, activation);
                if (what == "evaluate")
                {
                    var wanted = labels.narrow(0, first, y.shape[0]);
                    nn.functional.cross_entropy(y, wanted, reduction: nn.Reduction.Sum).ToSingle();
                    right += y.argmax(1).eq(wanted).sum().ToInt64();
                }
                else
                {
                    MemoryMarshal.Cast<byte, float>(y.softmax(1).bytes).CopyTo(answered.AsSpan(first * sizes[^1]));
                }
            }
        }));
    }

    if (what == "predict")
    {
        right = Forward(images, weights, biases, activation).argmax(1).eq(labels).sum().ToInt64();
    }

    return [count / fastest, right];
}

static Tensor Forward(Tensor x, Tensor[] weights, Tensor[] biases, string activation)
{
    for (var layer = 0; layer < weights.Length; layer++)
    {
        x = biases[layer].addmm(x, weights[layer]);
        x = layer == weights.Length - 1 ? x : activation switch { "relu" => x.relu_(), "sigmoid" => x.sigmoid_(), _ => x.tanh_() };
    }

    return x;
}

static Tensor Idx(string path, int header) => torch.tensor(File.ReadAllBytes(path)[header..], ScalarType.Byte);

// The weights of ServedPass.cs.
static Tensor Weights(int layer, int inputs, int outputs)
{
    var range = 2 * Math.Sqrt(3.0 / inputs);
    var weights = new float[inputs * outputs];
    for (var i = 0; i < weights.Length; i++)
    {
        var hash = unchecked(((uint)i + 1 + ((uint)layer * 40_000_003)) * 2_654_435_761);
        hash ^= hash >> 15;
        hash = unchecked(hash * 2_246_822_519);
        hash ^= hash >> 13;
        weights[i] = (float)(((hash / 4_294_967_296.0) - 0.5) * range);
    }

    return torch.tensor(weights).reshape(inputs, outputs);
}
