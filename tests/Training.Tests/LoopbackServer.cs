using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Gpu.Training.Tests;

/// <summary>What a mirror does with one request.</summary>
/// <param name="Content">The file.</param>
internal sealed record Reply(byte[] Content)
{
    /// <summary>The status line's code and phrase; 206 follows from a range.</summary>
    public string Status { get; init; } = "200 OK";

    /// <summary>Break the connection after so many bytes of the body.</summary>
    public int? CutAfter { get; init; }

    /// <summary>Send nothing more after so many bytes of the body, and keep the connection.</summary>
    public int? StallAfter { get; init; }

    /// <summary>Wait between pieces of 1,000 bytes.</summary>
    public TimeSpan Pause { get; init; }

    /// <summary>Send everything whatever range was asked for.</summary>
    public bool IgnoresRange { get; init; }
}

/// <summary>An HTTP server on the loopback interface that can be as wrong as real mirrors are.</summary>
internal sealed class LoopbackServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<string, int, Reply?> _reply;
    private readonly ConcurrentDictionary<string, int> _counts = new();

    /// <param name="reply">What to do, by file name and the number of earlier requests for it; null is 404.</param>
    public LoopbackServer(Func<string, int, Reply?> reply)
    {
        _reply = reply;
        _listener.Start();
        _ = AcceptAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/files/");

    /// <summary>The requests so far: file name, and the range asked for or nothing.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = AnswerAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // the test is over
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                var (name, from) = await ReadRequestAsync(stream);
                Requests.Enqueue(from is null ? name : $"{name} from {from}");
                var reply = _reply(name, _counts.AddOrUpdate(name, 0, (_, count) => count + 1));
                await SendAsync(stream, reply ?? new Reply("<html>not here</html>"u8.ToArray()) { Status = "404 Not Found" }, from);
            }
            catch (Exception end) when (end is OperationCanceledException or IOException)
            {
                // the client went away, or the test is over
            }
        }
    }

    private async Task<(string Name, int? From)> ReadRequestAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        var request = await reader.ReadLineAsync(_stop.Token) ?? "";
        int? from = null;
        while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 } header)
        {
            if (header.StartsWith("Range: bytes=", StringComparison.OrdinalIgnoreCase))
            {
                from = int.Parse(header["Range: bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture);
            }
        }

        return (request.Split(' ')[1].Split('/')[^1], from);
    }

    private async Task SendAsync(NetworkStream stream, Reply reply, int? from)
    {
        var start = reply.IgnoresRange || reply.Status != "200 OK" ? 0 : from ?? 0;
        var ranged = start > 0;
        var status = !ranged ? reply.Status : start < reply.Content.Length ? "206 Partial Content" : "416 Range Not Satisfiable";
        var body = start < reply.Content.Length ? reply.Content[start..] : [];
        var range = ranged && body.Length > 0 ? $"Content-Range: bytes {start}-{reply.Content.Length - 1}/{reply.Content.Length}\r\n" : "";
        var head = $"HTTP/1.1 {status}\r\nContent-Length: {body.Length}\r\n{range}Connection: close\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head), _stop.Token);
        var sent = 0;
        var until = Math.Min(body.Length, Math.Min(reply.CutAfter ?? int.MaxValue, reply.StallAfter ?? int.MaxValue));
        while (sent < until)
        {
            var piece = Math.Min(1000, until - sent);
            await stream.WriteAsync(body.AsMemory(sent, piece), _stop.Token);
            sent += piece;
            await Task.Delay(reply.Pause, _stop.Token);
        }

        if (reply.StallAfter is not null)
        {
            await Task.Delay(Timeout.Infinite, _stop.Token);
        }
    }
}
