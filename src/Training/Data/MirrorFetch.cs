using System.Net;
using System.Net.Http.Headers;

namespace Gpu.Training.Data;

/// <summary>
/// Fetches one file from one mirror into a <c>.part</c> file and goes on where an earlier fetch was cut off (HTTP ranges, RFC 9110,
/// section 14). What goes wrong is returned as a phrase, since another mirror may do better.
/// </summary>
internal sealed class MirrorFetch(HttpClient client, string part, TimeSpan stallTimeout, Action<long> arrived)
{
    /// <summary>Whether any byte has come.</summary>
    public bool IsReached { get; private set; }

    /// <summary>What the part file holds.</summary>
    public static long Length(string path) => File.Exists(path) ? new FileInfo(path).Length : 0;

    /// <summary>Fetches what the part file lacks. Null when the mirror has sent everything, else what went wrong.</summary>
    /// <param name="address">The file.</param>
    /// <param name="mostBytes">More than this is not the file.</param>
    /// <param name="untilFirstByte">How long to wait for the first byte.</param>
    /// <param name="cancellation">Stops it; the part file stays.</param>
    public async Task<string?> RunAsync(Uri address, long mostBytes, TimeSpan untilFirstByte, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(untilFirstByte);
        IsReached = false;
        try
        {
            var have = Length(part);
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.Range = have > 0 ? new RangeHeaderValue(have, null) : null;
            using var response = await client
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token).ConfigureAwait(false);
            if (response.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.PartialContent))
            {
                return Refused(response, have);
            }

            var resumes = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == have;
            if (response.StatusCode == HttpStatusCode.PartialContent && !resumes)
            {
                return "it sent another range than asked for";
            }

            return await ReceiveAsync(response, resumes, mostBytes, patience).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            var waited = IsReached ? stallTimeout : untilFirstByte;
            return patience.IsCancellationRequested
                ? $"it sent nothing for {waited.TotalSeconds:0.#} s"
                : "no connection could be made in time";
        }
        catch (HttpRequestException trouble)
        {
            return trouble.HttpRequestError == HttpRequestError.ResponseEnded
                ? "the connection broke off"
                : trouble.Message.TrimEnd('.');
        }
    }

    private string Refused(HttpResponseMessage response, long have)
    {
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable && have > 0)
        {
            // the part is as long as the file or longer, and yet was not accepted: it cannot be gone on with
            File.Delete(part);
        }

        return $"it answered {(int)response.StatusCode} {response.ReasonPhrase}";
    }

    private async Task<string?> ReceiveAsync(
        HttpResponseMessage response, bool resumes, long mostBytes, CancellationTokenSource patience)
    {
        var source = await response.Content.ReadAsStreamAsync(patience.Token).ConfigureAwait(false);
        await using var receiving = source.ConfigureAwait(false);
        var target = OpenPart(resumes ? FileMode.Append : FileMode.Create);
        await using var keeping = target.ConfigureAwait(false);
        var piece = new byte[1 << 16];
        while (true)
        {
            int read;
            try
            {
                read = await source.ReadAsync(piece, patience.Token).ConfigureAwait(false);
            }
            catch (IOException)
            {
                return "the connection broke off";
            }

            if (read == 0)
            {
                return null;
            }

            IsReached = true;
            patience.CancelAfter(stallTimeout);
            if (target.Position + read > mostBytes)
            {
                target.SetLength(0);
                return $"it sent more than {mostBytes:N0} bytes";
            }

            await target.WriteAsync(piece.AsMemory(0, read), patience.Token).ConfigureAwait(false);
            arrived(target.Position);
        }
    }

    private FileStream OpenPart(FileMode mode)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(part))!);
            return new FileStream(part, mode, FileAccess.Write, FileShare.None);
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            throw TrainingException.BadData(
                $"{part}: expected a file to keep the download in, found one that cannot be written ({trouble.Message.TrimEnd('.')}); "
                + "wait for another download to end, or run in a folder of your own.", trouble);
        }
    }
}
