using System.CommandLine;
using System.Globalization;
using Gpu.Training;
using Gpu.Training.Data;

namespace Gpu.Host.CommandLine;

/// <summary>The options that choose some of the samples: the first so many, or those of some numbers.</summary>
internal sealed class SampleChoice
{
    private readonly Option<int?> _limit = OptionRows.Count("--limit", "N", "Answer the first N samples alone");
    private readonly Option<string?> _index = new("--index")
    {
        HelpName = "NUMBERS",
        Description = "Answer the samples of these numbers alone, such as 7 or 1,5,100-120; they count from 1",
    };

    internal SampleChoice() => _index.Validators.Add(result =>
    {
        if (result.Tokens is [var token, ..] && Parse(token.Value) is null)
        {
            result.AddError($"--index: expected numbers from 1 on, such as 7 or 1,5,100-120, found '{token.Value}'");
        }
    });

    /// <summary>Adds the options to a command.</summary>
    internal void AddTo(Command command)
    {
        command.Add(_limit);
        command.Add(_index);
    }

    /// <summary>The samples that were asked for, with their numbers where these do not simply count.</summary>
    /// <exception cref="TrainingException">There are not so many.</exception>
    internal (DataSet Data, IReadOnlyList<int>? Numbers) Of(ParseResult parse, DataSet data)
    {
        if (parse.GetValue(_index) is { } text)
        {
            var last = data.RowNumbers?.Max() ?? data.Count;
            var numbers = Parse(text)!.SelectMany(range => Enumerable.Range(range.First, Math.Min(range.Last, last + 1) - range.First + 1)).ToArray();
            var places = data.RowNumbers?.Index().ToDictionary(row => row.Item, row => row.Index);
            int[] chosen = [.. numbers.Select(number => places is null ? number - 1 : places.GetValueOrDefault(number, data.Count))];
            return chosen.All(place => place < data.Count) ? (data.Select(chosen), numbers) : throw TrainingException.BadUsage(
                $"--index {text}: expected numbers of {(places is null ? $"at most {data.Count:N0}, as many samples as {data.Source} has" : $"the {data.Count:N0} rows of {data.Source} that are answered")}: name others.");
        }

        var some = parse.GetValue(_limit) is { } limit ? data.Take(limit) : data;
        return (some, some.RowNumbers);
    }

    /// <summary>Ranges of numbers from 1 on; null where the text holds anything else.</summary>
    private static List<(int First, int Last)>? Parse(string text)
    {
        var ranges = new List<(int, int)>();
        foreach (var part in text.Split(','))
        {
            var ends = part.Split('-');
            if (ends.Length > 2 || !TryNumber(ends[0], out var first) || !TryNumber(ends[^1], out var last) || last < first)
            {
                return null;
            }

            ranges.Add((first, last));
        }

        return ranges;
    }

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number is >= 1 and < int.MaxValue;
}
