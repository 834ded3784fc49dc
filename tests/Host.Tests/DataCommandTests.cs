using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Gpu.Host.Tests;

/// <summary>What <c>gpu data</c> shows, as a person sees it.</summary>
public sealed class DataCommandTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_table_is_shown_with_its_columns_its_target_and_its_classes()
    {
        WritePeople("people.csv");
        var result = Run("data", "people.csv");
        Assert.Equal(
            """
            people.csv: 40 rows, separated by commas, with a header
            7 columns, which make 9 inputs

            column     kind      missing  values                   becomes
            person_id  id                 100 to 139               left out: an id, by its
                                                                   name
            age        number          4  20.5 to 59.5             (x - 40) / 19.5, flag
            job        category        4  baker 12, cook 12,       one-hot of 5, one for
                                          smith 6, 1 more          missing
            town       category           town0 4, town1 4, town2  vectors for 10
                                          4, 7 more
            since      date               2024-01-01 to            days since 2000, (x -
                                          2024-02-09               8785.5) / 19.5
            remark     text               40 different             left out: its texts
                                                                   hardly recur
            class      category           as below                 the target

            (x - median) / spread between the quartiles, clipped smoothly so that it stays
            within 3; a missing number is the median, and a flag is 1 where it is missing
            one-hot: an input for each value, all 0 for one that was not seen
            vectors: 8 learned numbers for each value, all 0 for one that was not seen

            target: class, by its name
            2 classes, because its values are no numbers

            class  rows   share
            no       30  75.00%
            yes      10  25.00%

            gpu train --target class trains on this table.

            """.ReplaceLineEndings("\n"), result.Output);
        Assert.Equal("", result.Error);
        Assert.All(result.Lines, line => Assert.InRange(line.Length, 0, 79));
    }

    [Fact]
    public void Images_become_files_that_are_read_again_and_a_picture_of_each_class()
    {
        var parts = new[] { ("train", Training.Data.Digits.Train(40)), ("t10k", Training.Data.Digits.Test(100)) };
        Directory.CreateDirectory(_folder["small"]);
        foreach (var (part, data) in parts)
        {
            File.WriteAllBytes(_folder[$"small/{part}-images-idx3-ubyte"], Training.Tests.IdxBytes.Build(data.Values, [data.Count, data.Height, data.Width]));
            File.WriteAllBytes(_folder[$"small/{part}-labels-idx1-ubyte"], Training.Tests.IdxBytes.Build(data.Labels, [data.Count]));
        }

        var result = GpuProcess.Run(_folder.Path, "data", "small", "--out", "again");
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.EndsWith("files: again\nnext: gpu train --data again\n      gpu predict RUN again/pictures\n", result.Error, StringComparison.Ordinal);
        var files = Directory.GetFiles(_folder["small"]).Select(file => Path.GetFileName(file)!).ToList();
        Assert.Equal(4, files.Count);
        Assert.All(files, file => Assert.Equal(File.ReadAllBytes(_folder[$"small/{file}"]), File.ReadAllBytes(_folder[$"again/{file}"])));
        Assert.Equal(10, Directory.GetFiles(_folder["again/pictures"]).Length);
        var test = parts[1].Item2;
        for (var digit = 0; digit < 10; digit++)
        {
            var picture = Training.Data.DataSource.LoadSamples(_folder[$"again/pictures/{digit}.png"]);
            Assert.Equal(test.Sample(Array.IndexOf(test.Labels, (byte)digit)).ToArray(), picture.Sample(0).ToArray());
        }

        WritePeople("people.csv");
        foreach (var (spec, place, why) in new[] { ("small", "again", "found files in it"), ("small", "people.csv", "found a file"), ("people.csv", "new", "") })
        {
            var refused = GpuProcess.Run(_folder.Path, "data", spec, "--out", place);
            Assert.True(refused.ExitCode is 2 or 3, refused.Error);
            Assert.Contains(why, refused.Error, StringComparison.Ordinal);
        }

        Assert.False(Directory.Exists(_folder["new"]));
    }

    [Fact]
    public void The_same_is_one_json_object()
    {
        WritePeople("people.csv");
        using var json = JsonDocument.Parse(Assert.Single(Run("data", "people.csv", "--target", "age", "--column", "class:text", "--ignore", "remark, since", "--json").Lines));
        var root = json.RootElement;
        Assert.Equal((40, 6), (root.GetProperty("rows").GetInt32(), root.GetProperty("inputs").GetInt32()));
        Assert.Equal(
            ["id", "number", "category", "category", "ignored", "ignored", "text"],
            root.GetProperty("columns").EnumerateArray().Select(column => column.GetProperty("kind").GetString()));
        var age = root.GetProperty("columns")[1];
        Assert.Equal((2, 4, 20.5, 59.5), (age.GetProperty("number").GetInt32(), age.GetProperty("missing").GetInt32(), age.GetProperty("minimum").GetDouble(), age.GetProperty("maximum").GetDouble()));
        var target = root.GetProperty("target");
        Assert.Equal(("age", "regress"), (target.GetProperty("name").GetString(), target.GetProperty("task").GetString()));
        Assert.Equal(40, target.GetProperty("mean").GetDouble(), 1.0);
        Assert.Contains("4 of 40 rows have no value of 'age'", root.GetProperty("remarks")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_of_pixels_is_one_line_and_trains_as_is_said()
    {
        TinyData.WriteCsv(_folder, "digits.csv");
        var result = Run("data", "digits.csv");
        Assert.Matches(@"\npixel0 to pixel15 \(16\)  number           0 to 239  bytes, as --scale has it\n", result.Output);
        Assert.Contains("gpu train takes this table as it is, with --target label.\n", result.Output, StringComparison.Ordinal);
        Run("train", "--data", "digits.csv", "--target", "label", "--hidden", "4", "--epochs", "1", "--out", "run");
    }

    [Fact]
    public void Images_are_shown_by_their_size_and_their_classes()
    {
        TinyData.WriteIdx(_folder);
        var lines = Run("data", "tiny").Lines;
        Assert.Equal("tiny: images of 4 x 4", lines[0]);
        Assert.StartsWith("training  90 samples, 1.4 kB, values from 0 to 239, ", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("test      30 samples, 480 bytes, values from 0 to ", lines[2], StringComparison.Ordinal);
        Assert.Equal(["class  training   share  test   share", "0            30  33.33%    10  33.33%"], lines[3..5]);
        var json = Run("data", "tiny", "--json").Lines;
        Assert.StartsWith("""{"data":"tiny","kind":"samples","part":"training","samples":90,"height":4,"width":4,"minimum":0,"maximum":239,"classes":[{"name":"0","samples":30,"share":0.3333""", json[0], StringComparison.Ordinal);
        Assert.Equal(2, json.Length);
    }

    [Theory]
    [InlineData(3, "x.csv: row 3: expected 2 columns as in the header, separated by commas, found 1; mend the row.", "a,class\n1,x\n2\n3,y\n")]
    [InlineData(3, "x.csv: row 1: expected columns of different names, found 'a' above column 1 and column 2; mend the header.", "a,a\n1,x\n2,y\n")]
    [InlineData(2, "--target: expected a column of x.csv, its number or 'last', found 'price'; the columns are 'a', 'class'.", "a,class\n1,x\n2,y\n", "--target", "price")]
    [InlineData(2, "--ignore: expected a column of x.csv, found 'A'; did you mean 'a'?", "a,class\n1,x\n2,y\n", "--ignore", "A")]
    [InlineData(2, "--column: expected a column of x.csv, found 'A'; did you mean 'a'?", "a,class\n1,x\n2,y\n", "--column", "A:number")]
    [InlineData(2, "--ignore: expected a column of x.csv, found 'b'; the columns are 'a', 'class'.", "a,class\n1,x\n2,y\n", "--ignore", "b")]
    [InlineData(2, "--header: expected yes or no, found 'maybe'; 'gpu data --help' shows what is expected.", "a\n1\n", "--header", "maybe")]
    public void What_is_wrong_is_one_sentence_and_a_code(int code, string sentence, string text, params string[] options)
    {
        File.WriteAllText(_folder["x.csv"], text);
        var result = GpuProcess.Run(_folder.Path, ["data", "x.csv", .. options]);
        Assert.Equal((code, "", $"gpu: {sentence}\n"), (result.ExitCode, result.Output, result.Error));
    }

    [Fact]
    public void A_name_in_a_table_cannot_steer_the_terminal()
    {
        File.WriteAllText(_folder["x.csv"], "a\u202Eb,class\n1,\u200Fx\n2,y\n3,\u200Fx\n4,y\n");
        var result = Run("data", "x.csv");
        Assert.Contains("a\\u202Eb", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(result.Output, character => char.GetUnicodeCategory(character) == UnicodeCategory.Format);
    }

    private void WritePeople(string name)
    {
        string[] jobs = ["smith", "baker", "tailor", "baker"];
        var text = new StringBuilder("person_id,age,job,town,since,remark,class\n");
        for (var row = 0; row < 40; row++)
        {
            var job = row % 13 == 0 ? "-" : row % 3 == 0 ? "cook" : jobs[row % 4];
            text.Append(CultureInfo.InvariantCulture, $"{100 + row},{(row % 10 == 7 ? "?" : $"{20.5 + row}")},{job},town{row % 10},");
            text.Append(CultureInfo.InvariantCulture, $"{new DateTime(2024, 1, 1).AddDays(row):yyyy-MM-dd},\"said {row}, twice\",{(row % 4 == 0 ? "yes" : "no")}\n");
        }

        File.WriteAllText(_folder[name], text.ToString());
    }

    private GpuResult Run(params string[] arguments)
    {
        var result = GpuProcess.Run(_folder.Path, arguments);
        Assert.True(result.ExitCode == 0, $"exit code {result.ExitCode}: {result.Error}");
        return result;
    }
}
