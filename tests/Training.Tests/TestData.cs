namespace Gpu.Training.Tests;

/// <summary>Finds the data sets that are not part of the repository; a test that needs one is skipped where it is absent.</summary>
internal static class TestData
{
    /// <summary>The root of the repository: the folder above this program that holds gpu.sln.</summary>
    public static string RepositoryRoot { get; } = FindRoot();

    /// <summary>The folder of the MNIST database, or the test is skipped.</summary>
    public static string Mnist => Folder("mnist", "train-images-idx3-ubyte.gz");

    /// <summary>The folder of tables, or the test is skipped.</summary>
    public static string Tabular => Folder("tabular", "iris.csv");

    private static string Folder(string name, string file)
    {
        var root = Environment.GetEnvironmentVariable("GPU_TEST_DATA") is { Length: > 0 } given
            ? given
            : Path.Combine(RepositoryRoot, "..", "shared", "data");
        var folder = Path.GetFullPath(Path.Combine(root, name));
        Assert.SkipUnless(
            File.Exists(Path.Combine(folder, file)), $"{folder} holds no {file}; GPU_TEST_DATA names the folder of data sets.");
        return folder;
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "gpu.sln")))
            {
                return folder.FullName;
            }
        }

        return AppContext.BaseDirectory;
    }
}
