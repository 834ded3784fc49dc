using System.Security.Cryptography;
using Gpu.Training.Data;

namespace Gpu.Training.Tests.Data;

public sealed class DownloaderTests : IDisposable
{
    private static readonly byte[] _plainA = Bytes(1, 20_000);
    private static readonly byte[] _plainB = Bytes(2, 500);
    private static readonly byte[] _packedA = TempFolder.Gzip(_plainA);
    private static readonly byte[] _packedB = TempFolder.Gzip(_plainB);
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Files_are_fetched_checked_and_put_in_their_place_once()
    {
        using var server = new LoopbackServer(Right);
        var told = new List<DownloadProgress>();
        await Fetch(Patient with { Progress = told.Add }, server);

        AssertComplete();
        Assert.Equal(["a.gz", "b.gz"], server.Requests);
        Assert.Equal(told.Select(p => p.Bytes).Order(), told.Select(p => p.Bytes));
        Assert.Equal(new DownloadProgress("test", _packedA.Length + _packedB.Length, _packedA.Length + _packedB.Length), told[^1]);
        Assert.Contains(told, p => p.Bytes == _packedA.Length);

        await Fetch(Patient, server);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task What_was_cut_off_is_gone_on_with()
    {
        using var server = new LoopbackServer((name, earlier) => Right(name, earlier)! with { CutAfter = earlier < 2 ? 7000 : null });
        await Fetch(Patient, server);
        AssertComplete();
        Assert.Equal(["a.gz", "a.gz from 7000", "a.gz from 14000", "b.gz"], server.Requests);
    }

    [Fact]
    public async Task A_mirror_that_knows_no_ranges_begins_anew()
    {
        using var server = new LoopbackServer(
            (name, earlier) => Right(name, earlier)! with { CutAfter = earlier == 0 ? 7000 : null, IgnoresRange = true });
        await Fetch(Patient, server);
        AssertComplete();
    }

    [Fact]
    public async Task A_mirror_that_stalls_is_given_up_in_a_sentence_and_the_next_run_goes_on()
    {
        using (var server = new LoopbackServer((name, earlier) => Right(name, earlier)! with { StallAfter = earlier == 0 ? 7000 : 0 }))
        {
            await Fails(Patient with { StallTimeout = TimeSpan.FromSeconds(1) }, ["it sent nothing for 1 s", "check the network"], server);
        }

        var kept = new FileInfo(_folder.File("a.gz.part")).Length;
        Assert.InRange(kept, 1, 7000);
        Assert.False(File.Exists(_folder.File("a.gz")));

        using var right = new LoopbackServer(Right);
        await Fetch(Patient, right);
        AssertComplete();
        Assert.Equal($"a.gz from {kept}", right.Requests.First());
    }

    [Fact]
    public async Task A_slow_mirror_may_take_its_time_while_bytes_flow()
    {
        using var server = new LoopbackServer((name, earlier) => Right(name, earlier)! with { Pause = TimeSpan.FromMilliseconds(110) });
        await Fetch(Patient with { StallTimeout = TimeSpan.FromSeconds(2) }, server);
        AssertComplete();
    }

    [Fact]
    public async Task A_mirror_that_never_answers_is_left_for_the_next()
    {
        using var silent = new LoopbackServer((_, _) => new Reply(_packedA) { StallAfter = 0 });
        using var right = new LoopbackServer(Right);
        await Fetch(Patient with { FirstByteTimeout = TimeSpan.FromSeconds(6) }, silent, right);
        AssertComplete();
        Assert.Equal(["a.gz"], silent.Requests);
    }

    [Fact]
    public async Task Mirrors_that_never_answer_end_the_download()
    {
        using var silent = new LoopbackServer((_, _) => new Reply(_packedA) { StallAfter = 0 });
        await Fails(Patient with { FirstByteTimeout = TimeSpan.FromSeconds(1) }, ["it sent nothing for 0.5 s"], silent, silent);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task A_mirror_that_is_not_there_is_named()
    {
        Uri gone;
        using (var server = new LoopbackServer(Right))
        {
            gone = server.Address;
        }

        using var right = new LoopbackServer(Right);
        var options = Patient with { Mirrors = [gone, right.Address] };
        using (var downloader = new Downloader(options))
        {
            await downloader.FetchAsync(Set(), _folder.Path);
        }

        AssertComplete();
        using var another = new TempFolder();
        using var alone = new Downloader(options with { Mirrors = [gone] });
        var error = await Assert.ThrowsAsync<TrainingException>(() => alone.FetchAsync(Set(), another.Path));
        Assert.Contains(gone.Authority, error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(another.Path));
    }

    [Theory]
    [InlineData("another file")]
    [InlineData("a bomb")]
    [InlineData("a page")]
    [InlineData("damaged")]
    [InlineData("endless")]
    [InlineData("absent")]
    public async Task A_mirror_with_a_wrong_file_is_left_for_the_next(string kind)
    {
        using var wrong = new LoopbackServer((_, _) => Wrong(kind));
        using var right = new LoopbackServer(Right);
        await Fetch(Patient, wrong, right);
        AssertComplete();
    }

    [Theory]
    [InlineData("another file", "of SHA-256")]
    [InlineData("a bomb", "of more than 20,000 bytes")]
    [InlineData("a page", "of SHA-256")]
    [InlineData("damaged", "it sent")]
    [InlineData("endless", "it sent more than")]
    [InlineData("absent", "404 Not Found")]
    public async Task Wrong_files_everywhere_are_refused_and_leave_nothing(string kind, string named)
    {
        using var wrong = new LoopbackServer((_, _) => Wrong(kind));
        await Fails(Patient, ["test: expected a.gz from one of 2 mirrors", named], wrong, wrong);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Theory]
    [InlineData(7000)]
    [InlineData(1_000_000)]
    public async Task A_part_of_another_file_is_thrown_away(int length)
    {
        _folder.Write("a.gz.part", Bytes(3, length));
        using var server = new LoopbackServer(Right);
        await Fetch(Patient, server);
        AssertComplete();
    }

    [Fact]
    public async Task A_part_as_long_as_the_file_is_thrown_away()
    {
        _folder.Write("a.gz.part", Bytes(3, _packedA.Length));
        using var server = new LoopbackServer(Right);
        await Fetch(Patient, server);
        AssertComplete();
        Assert.Equal([$"a.gz from {_packedA.Length}", "a.gz", "b.gz"], server.Requests);
    }

    [Fact]
    public async Task A_mirror_that_decompresses_on_the_way_is_right_too()
    {
        using var server = new LoopbackServer((name, _) => new Reply(name == "a.gz" ? _plainA : _plainB));
        await Fetch(Patient, server);
        Assert.Equal(_plainA, await File.ReadAllBytesAsync(_folder.File("a.gz"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Cancelling_keeps_what_has_arrived()
    {
        using var stop = new CancellationTokenSource();
        using var server = new LoopbackServer((name, earlier) => Right(name, earlier)! with { StallAfter = 7000 });
        var options = Patient with
        {
            Cancellation = stop.Token,
            Progress = progress =>
            {
                if (progress.Bytes == 7000)
                {
                    stop.Cancel();
                }
            },
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Fetch(options, server));
        Assert.Equal(7000, new FileInfo(_folder.File("a.gz.part")).Length);
        Assert.False(File.Exists(_folder.File("a.gz")));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_named()
    {
        _folder.Write("file", "x");
        using var server = new LoopbackServer(Right);
        using var downloader = new Downloader(new DownloadOptions { Mirrors = [server.Address] });
        var error = await Assert.ThrowsAsync<TrainingException>(() => downloader.FetchAsync(Set(), _folder.File("file/data")));
        Assert.Contains(_folder.File("file/data"), error.Message, StringComparison.Ordinal);
        Assert.Contains("cannot be written", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_catalogue_names_two_mirrors_over_HTTPS_and_four_files_each() => Assert.All(
        [PublicDataSet.Mnist, PublicDataSet.FashionMnist],
        set =>
        {
            Assert.Equal(2, set.Mirrors.Select(mirror => mirror.Host).Distinct().Count());
            Assert.All(set.Mirrors, mirror => Assert.Matches("^https://.*/$", mirror.AbsoluteUri));
            Assert.Equal(4, set.Files.Select(file => file.Sha256).Distinct().Count());
            Assert.All(set.Files, file => Assert.Equal(64, file.Sha256.Length));
        });

    [Fact]
    public void The_MNIST_database_has_the_lengths_and_digests_of_the_catalogue()
    {
        var folder = TestData.Mnist;
        Assert.True(Downloader.IsComplete(PublicDataSet.Mnist, folder));
        Assert.All(PublicDataSet.Mnist.Files, file =>
        {
            var path = Path.Combine(folder, file.Name);
            Assert.Equal(file.Bytes, new FileInfo(path).Length);
            Assert.Null(PlainDigest.Check(path, file));
            Assert.NotNull(PlainDigest.Check(path, file with { PlainBytes = file.PlainBytes - 1 }));
            Assert.NotNull(PlainDigest.Check(path, file with { Sha256 = new string('0', 64) }));
        });
    }

    /// <summary>Waits so long that a busy machine does not look like a bad mirror.</summary>
    private static DownloadOptions Patient => new()
    {
        ConnectTimeout = TimeSpan.FromMinutes(1),
        FirstByteTimeout = TimeSpan.FromMinutes(1),
        StallTimeout = TimeSpan.FromMinutes(1),
    };

    private static Reply? Right(string name, int earlier) => new(name == "a.gz" ? _packedA : _packedB);

    private static Reply? Wrong(string kind) => kind switch
    {
        "another file" => new Reply(_packedB),
        "a bomb" => new Reply(TempFolder.Gzip(new byte[2_000_000])),
        "a page" => new Reply("<html>Welcome to this hotel</html>"u8.ToArray()),
        "damaged" => new Reply([.. _packedA[..500], .. new byte[500], .. _packedA[1000..]]),
        "endless" => new Reply(Bytes(4, 200_000)),
        _ => null,
    };

    private static PublicDataSet Set() => new("test", [], [Entry("a.gz", _packedA, _plainA), Entry("b.gz", _packedB, _plainB)]);

    private static PublicFile Entry(string name, byte[] packed, byte[] plain) =>
        new(name, packed.Length, plain.Length, Convert.ToHexStringLower(SHA256.HashData(plain)));

    private static byte[] Bytes(int seed, int count)
    {
        var bytes = new byte[count];
        new System.Random(seed).NextBytes(bytes);
        return bytes;
    }

    private async Task Fetch(DownloadOptions options, params LoopbackServer[] servers)
    {
        using var downloader = new Downloader(options with { Mirrors = [.. servers.Select(server => server.Address)] });
        await downloader.FetchAsync(Set(), _folder.Path);
    }

    private async Task Fails(DownloadOptions options, string[] parts, params LoopbackServer[] servers)
    {
        var error = await Assert.ThrowsAsync<TrainingException>(() => Fetch(options, servers));
        Assert.Equal(Failure.Data, error.Failure);
        Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }

    private void AssertComplete()
    {
        Assert.Equal(_packedA, File.ReadAllBytes(_folder.File("a.gz")));
        Assert.Equal(_packedB, File.ReadAllBytes(_folder.File("b.gz")));
        Assert.Equal(2, Directory.GetFiles(_folder.Path).Length);
    }
}
