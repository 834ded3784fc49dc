using Gpu.Training;

namespace Gpu.Fuzzing;

/// <summary>A format that the program reads from strangers: valid files of it, ways to damage them, and its reader.</summary>
public abstract class FileFormat
{
    private readonly Lazy<IReadOnlyList<FuzzInput>> _valid;

    /// <summary>A format; its valid files are made when first asked for.</summary>
    protected FileFormat() => _valid = new Lazy<IReadOnlyList<FuzzInput>>(() => [.. MakeValid()]);

    /// <summary>All formats.</summary>
    public static IReadOnlyList<FileFormat> All { get; } =
        [
        new Formats.ModelFormat(), new Formats.CheckpointFormat(), new Formats.RecipeFormat(), new Formats.IdxFormat(), new Formats.GzipFormat(),
        new Formats.CsvFormat(), new Formats.TableFormat(), new Formats.TableGzipFormat(), new Formats.ParquetFormat(), new Formats.NpyFormat(), new Formats.NpzFormat(), new Formats.PngFormat(),
        new Formats.JpegFormat(), new Formats.CacheFormat(), new Formats.NpzWeightsFormat(), new Formats.JsonWeightsFormat(),
    ];

    /// <summary>What the format is called.</summary>
    public abstract string Name { get; }

    /// <summary>What a refusal must be.</summary>
    public abstract Failure Failure { get; }

    /// <summary>Valid inputs, which the reader must accept.</summary>
    public IReadOnlyList<FuzzInput> Valid => _valid.Value;

    /// <summary>A case: a valid input, damaged.</summary>
    public FuzzInput MakeCase(ulong seed, int number)
    {
        var random = new FuzzRandom(seed, Name, number);
        return Mutate(random.Pick(Valid), random);
    }

    /// <summary>
    /// Reads what lies at a path and holds it against itself: sizes that belong together match, values are finite and in range.
    /// </summary>
    /// <exception cref="TrainingException">The reader refused it.</exception>
    /// <exception cref="InconsistentException">The reader accepted what it should have refused.</exception>
    public abstract void Read(string path);

    /// <summary>How many bytes of data the input holds, or its header declares where the data is compressed.</summary>
    public virtual long Declared(FuzzInput input) => input.Files.Values.Sum(content => (long)content.Length);

    /// <summary>The arguments with which the program reads what lies at a path.</summary>
    /// <param name="path">The input.</param>
    /// <param name="helpers">A folder with a valid <c>model.safetensors</c> and <c>table.csv</c>.</param>
    /// <param name="output">A folder that does not exist yet, for what the program writes.</param>
    public abstract string[] Command(string path, string helpers, string output);

    /// <summary>Exit codes that an accepted input may lead to.</summary>
    public virtual IReadOnlyList<int> AcceptedCodes => [0];

    /// <summary>Valid inputs of different kinds.</summary>
    protected abstract IEnumerable<FuzzInput> MakeValid();

    /// <summary>Damages a valid input.</summary>
    protected abstract FuzzInput Mutate(FuzzInput valid, FuzzRandom random);

    /// <summary>Fails a case whose input was accepted though it is wrong.</summary>
    protected static void Require(bool isTrue, string what)
    {
        if (!isTrue)
        {
            throw new InconsistentException($"accepted, but {what}");
        }
    }
}

/// <summary>An input was accepted that does not agree with itself.</summary>
public sealed class InconsistentException : Exception
{
    /// <summary>Without a reason.</summary>
    public InconsistentException() { }

    /// <summary>With what does not agree.</summary>
    public InconsistentException(string message) : base(message) { }

    /// <summary>With what does not agree and its cause.</summary>
    public InconsistentException(string message, Exception innerException) : base(message, innerException) { }
}
