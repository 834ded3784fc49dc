namespace Gpu.Training.Data;

/// <summary>A file of a public data set.</summary>
/// <param name="Name">Its name on the mirrors and on disk.</param>
/// <param name="Bytes">Its length as served, for the progress.</param>
/// <param name="PlainBytes">The length of its data once decompressed.</param>
/// <param name="Sha256">SHA-256 of the decompressed data, in small hexadecimal digits.</param>
public sealed record PublicFile(string Name, long Bytes, long PlainBytes, string Sha256);

/// <summary>A data set that can be downloaded.</summary>
/// <param name="Name">What <c>--data</c> calls it.</param>
/// <param name="Mirrors">Where its files lie, the first to try first; each ends in a slash.</param>
/// <param name="Files">Its files.</param>
public sealed record PublicDataSet(string Name, IReadOnlyList<Uri> Mirrors, IReadOnlyList<PublicFile> Files)
{
    /// <summary>The MNIST database of handwritten digits (LeCun, Cortes, Burges).</summary>
    public static PublicDataSet Mnist { get; } = new(
        "mnist",
        [new("https://ossci-datasets.s3.amazonaws.com/mnist/"), new("https://storage.googleapis.com/cvdf-datasets/mnist/")],
        [
            new("train-labels-idx1-ubyte.gz", 28_881, 60_008, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
            new("t10k-labels-idx1-ubyte.gz", 4_542, 10_008, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
            new("t10k-images-idx3-ubyte.gz", 1_648_877, 7_840_016, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
            new("train-images-idx3-ubyte.gz", 9_912_422, 47_040_016, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
        ]);

    /// <summary>
    /// Fashion-MNIST, clothes in ten classes (Xiao, Rasul, Vollgraf 2017, arXiv:1708.07747). The digests are those of the
    /// decompressed files whose MD5 sums stand in https://github.com/zalandoresearch/fashion-mnist#get-the-data.
    /// </summary>
    public static PublicDataSet FashionMnist { get; } = new(
        "fashion-mnist",
        [
            new("https://fashion-mnist.s3.eu-central-1.amazonaws.com/"),
            new("https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/"),
        ],
        [
            new("train-labels-idx1-ubyte.gz", 29_515, 60_008, "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
            new("t10k-labels-idx1-ubyte.gz", 5_148, 10_008, "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"),
            new("t10k-images-idx3-ubyte.gz", 4_422_102, 7_840_016, "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
            new("train-images-idx3-ubyte.gz", 26_421_880, 47_040_016, "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
        ]);

    /// <summary>The data set of a name, or null.</summary>
    public static PublicDataSet? Find(string name) => new[] { Mnist, FashionMnist }.FirstOrDefault(set => set.Name == name);
}
