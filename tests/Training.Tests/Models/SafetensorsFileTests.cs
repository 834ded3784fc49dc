using Gpu.Training.Models;

namespace Gpu.Training.Tests.Models;

public class SafetensorsFileTests
{
    private const string A = """ "a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]} """;
    private const string B = """ "b":{"dtype":"F32","shape":[1,1],"data_offsets":[8,12]} """;

    private static SafetensorsFile Read(byte[] bytes)
    {
        using var folder = new TempFolder();
        return SafetensorsFile.Read(folder.Write("m.safetensors", bytes));
    }

    private static string Refusal(byte[] bytes)
    {
        var error = Assert.Throws<TrainingException>(() => Read(bytes));
        Assert.Equal(Failure.ModelFile, error.Failure);
        return error.Message;
    }

    [Fact]
    public void Tensors_are_read_in_any_order_with_or_without_metadata()
    {
        var file = Read(SafetensorsBytes.Of("{" + B + "," + A + ""","__metadata__":{"k":"v"}}   """, 12));
        Assert.Equal(["a", "b"], file.Header.Tensors.Keys.Order());
        Assert.Equal("v", file.Header.Metadata["k"]);
        Assert.Equal(2, file.Data(file.Header.Tensors["a"]).Length);
        Assert.Equal([1, 1], file.Header.Tensors["b"].Shape);
        Assert.Empty(Read(SafetensorsBytes.Of("{}", 0)).Header.Tensors);
        Assert.Single(Read(SafetensorsBytes.Of("""{"s":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}""", 4)).Header.Tensors);
    }

    [Theory]
    [InlineData("[]", 0, "an object of tensors")]
    [InlineData("{ ", 0, "a header in JSON")]
    [InlineData("{} x", 0, "a header in JSON")]
    [InlineData("{" + A + "," + A + "}", 8, "one tensor a, found two")]
    [InlineData("{" + A + "," + B + "}", 8, "12 bytes of tensors behind the header, found 8: the file is cut off")]
    [InlineData("{" + A + "}", 12, "8 bytes of tensors behind the header, found 12")]
    [InlineData("{" + B + "}", 12, "tensor b to begin at byte 0")]
    [InlineData("{" + A + ""","c":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "tensor c to begin at byte 8, where the one before it ends, found byte 4")]
    [InlineData("""{"a":{"dtype":"F16","shape":[4],"data_offsets":[0,8]}}""", 8, "type F32, found type F16")]
    [InlineData("""{"a":{"dtype":32,"shape":[4],"data_offsets":[0,8]}}""", 8, "a text as dtype")]
    [InlineData("""{"a":{"shape":[2],"data_offsets":[0,8]}}""", 8, "type F32, found none")]
    [InlineData("""{"a":{"dtype":"F32","data_offsets":[0,8]}}""", 8, "shape of tensor a with sizes up to 2,147,483,647, found none")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2]}}""", 8, "two data_offsets in order for tensor a, found none")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "two data_offsets in order for tensor a, found 8, 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}""", 8, "two data_offsets in order")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "12 bytes for tensor a of 3, found 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "whole numbers of 0 or more as shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", 8, "whole numbers of 0 or more as shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}""", 8, "a list as shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2147483648],"data_offsets":[0,8]}}""", 8, "found a larger one")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2147483647,2147483647,2147483647,2147483647],"data_offsets":[0,8]}}""", 8, "bytes for tensor a")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"shape":[2],"data_offsets":[0,8]}}""", 8, "one shape of tensor a, found two")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"more":1}}""", 8, "found a key more")]
    [InlineData("""{"a":[1]}""", 0, "an object as tensor a")]
    [InlineData("""{"__metadata__":{"k":1}}""", 0, "a text as __metadata__ k")]
    [InlineData("""{"__metadata__":{"k":"1","k":"2"}}""", 0, "one __metadata__ k, found two")]
    [InlineData("""{"__metadata__":{},"__metadata__":{}}""", 0, "one __metadata__, found two")]
    [InlineData("""{"__metadata__":"k"}""", 0, "an object of texts")]
    [InlineData("""{"__metadata__":{"k":"\ud800"}}""", 0, "a header in JSON")]
    public void A_header_that_is_wrong_is_refused(string header, int dataBytes, string message) =>
        Assert.Contains(message, Refusal(SafetensorsBytes.Of(header, dataBytes)), StringComparison.Ordinal);

    [Fact]
    public void More_tensors_or_dimensions_than_a_network_has_are_refused_before_they_fill_the_memory()
    {
        var many = string.Join(',', Enumerable.Range(0, 40_000).Select(i => $$$""" "{{{i}}}":{"dtype":"F32","shape":[0],"data_offsets":[0,0]} """));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("at most 10,000 tensors, found more", Refusal(SafetensorsBytes.Of($"{{{many}}}", 0)), StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 20);
        const string deep = """{"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}}""";
        Assert.Contains("at most 8 numbers as shape of tensor a", Refusal(SafetensorsBytes.Of(deep, 4)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_length_that_cannot_be_is_refused()
    {
        Assert.Contains("found a file of 7 bytes", Refusal(new byte[7]), StringComparison.Ordinal);
        Assert.Contains("its first 8 bytes say 0", Refusal(new byte[20]), StringComparison.Ordinal);
        Assert.Contains("whose header has 2 to 12 bytes", Refusal([.. BitConverter.GetBytes(13UL), .. new byte[12]]), StringComparison.Ordinal);
        Assert.Contains("say 18,446,744,073,709,551,615", Refusal([.. BitConverter.GetBytes(ulong.MaxValue), .. new byte[12]]), StringComparison.Ordinal);
        Assert.Contains("its first 8 bytes say", Refusal("<!DOCTYPE html><html>no model here</html>"u8.ToArray()), StringComparison.Ordinal);
        Assert.Contains("header in UTF-8", Refusal([.. BitConverter.GetBytes(3UL), (byte)'{', 0xFF, (byte)'}']), StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_larger_than_any_of_ours_is_not_read()
    {
        using var folder = new TempFolder();
        using (var stream = File.Create(folder.File("large")))
        {
            stream.Write(BitConverter.GetBytes(20UL << 20));
            stream.SetLength(30 << 20);
        }

        Assert.Contains("2 to 4,194,304 bytes",
            Assert.Throws<TrainingException>(() => SafetensorsFile.Read(folder.File("large"))).Message, StringComparison.Ordinal);
    }
}
