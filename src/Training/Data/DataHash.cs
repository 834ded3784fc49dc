using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Gpu.Training.Data;

/// <summary>What tells samples apart from others: a run that goes on must find those that it began with.</summary>
public static class DataHash
{
    /// <summary>SHA-256 over sizes, values and labels of several data sets in turn, in lower-case hexadecimal.</summary>
    /// <param name="parts">The data sets; null for one that the run has not.</param>
    public static string Of(params ReadOnlySpan<DataSet?> parts) => Of(parts, (_, _, _) => { });

    /// <summary>The same, with all samples shown on the way, a piece of whole ones at a time: the number of the part, the part, the piece.</summary>
    internal static string Of(ReadOnlySpan<DataSet?> parts, Action<int, DataSet, ReadOnlyMemory<byte>> see)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var place = 0; place < parts.Length; place++)
        {
            var (number, part) = (place, parts[place]);
            var sizes = part is null ? "none" : string.Create(CultureInfo.InvariantCulture, $"{part.Count} {part.Height} {part.Width} {part.Classes}");
            hash.AppendData(Encoding.ASCII.GetBytes(sizes + "\n"));
            if (part is not null)
            {
                part.ForEachPiece(piece =>
                {
                    hash.AppendData(piece.Span);
                    see(number, part, piece);
                });
                hash.AppendData(part.Labels);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
