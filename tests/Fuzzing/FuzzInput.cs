namespace Gpu.Fuzzing;

/// <summary>What one case gives a reader: one file, or several that belong together.</summary>
/// <param name="Entry">The file that the reader is told of; empty for the folder that they all lie in.</param>
/// <param name="Files">Names and contents.</param>
public sealed record FuzzInput(string Entry, IReadOnlyDictionary<string, byte[]> Files)
{
    /// <summary>One file.</summary>
    public FuzzInput(string name, byte[] content) : this(name, new Dictionary<string, byte[]> { [name] = content }) { }

    /// <summary>The content of the file that the reader is told of.</summary>
    public byte[] Content => Files[Entry];

    /// <summary>The same with another content for one file.</summary>
    public FuzzInput With(string name, byte[] content) => this with { Files = new Dictionary<string, byte[]>(Files) { [name] = content } };

    /// <summary>The same with one file less.</summary>
    public FuzzInput Without(string name) => this with { Files = Files.Where(file => file.Key != name).ToDictionary() };

    /// <summary>Writes the files into a folder, in place of those of the case before, and returns the path to read.</summary>
    public string Write(string folder)
    {
        foreach (var old in Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Where(old => !Files.ContainsKey(Path.GetRelativePath(folder, old))))
        {
            File.Delete(old);
        }

        foreach (var (name, content) in Files)
        {
            var path = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, content);
        }

        return Entry.Length == 0 ? folder : Path.Combine(folder, Entry);
    }
}
