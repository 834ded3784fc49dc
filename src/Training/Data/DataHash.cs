using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Gpu.Training.Data;

/// <summary>What tells samples apart from others: a run that goes on must find those that it began with.</summary>
public static class DataHash
{
    /// <summary>SHA-256 over sizes, values and labels of several data sets in turn, in lower-case hexadecimal.</summary>
    /// <param name="parts">The data sets; null for one that the run has not.</param>
    public static string Of(params ReadOnlySpan<DataSet?> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts)
        {
            var sizes = part is null ? "none" : string.Create(CultureInfo.InvariantCulture, $"{part.Count} {part.Height} {part.Width} {part.Classes}");
            hash.AppendData(Encoding.ASCII.GetBytes(sizes + "\n"));
            if (part is not null)
            {
                part.ForEachPiece(piece => hash.AppendData(piece.Span));
                hash.AppendData(part.Labels);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
