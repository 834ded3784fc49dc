using Gpu.Training.Data;

namespace Gpu.Training.Tests.Data.Tables;

/// <summary>Which column is learned, and what of it.</summary>
public sealed class TableTargetTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a,label,class,y", null, "label")]
    [InlineData("a,Class,target,b", null, "Class")]
    [InlineData("y,a,target,b", null, "target")]
    [InlineData("Y,a,b,c", null, "Y")]
    [InlineData("a,b,c,d", null, "d")]
    [InlineData("a,b,c,d", "b", "b")]
    [InlineData("a,b,c,d", "2", "b")]
    [InlineData("a,b,c,d", "last", "d")]
    [InlineData("a,3,c,2", "2", "2")]
    [InlineData("a,b,last,d", "last", "last")]
    [InlineData("a,Survived,c,d", "survived", "Survived")]
    [InlineData("a,b,c,LAST", "last", "LAST")]
    [InlineData("a,LAST,c,d", "last", "d")]
    [InlineData("a,B,c,b", "b", "b")]
    public void The_target_is_found_by_name_number_and_place(string header, string? asked, string found) =>
        Assert.Equal(found, Read($"{header}\n1,2,1,2\n2,1,2,1\n1,2,1,2\n2,1,2,1\n", new TableOptions { Target = asked, Header = true }).Target.Column.Name);

    [Theory]
    [InlineData("e")]
    [InlineData("0")]
    [InlineData("5")]
    [InlineData("B")]
    [InlineData("b")]
    public void A_target_that_is_not_there_is_wrong_usage_and_lists_the_columns(string asked)
    {
        var error = Assert.Throws<TrainingException>(() => Read("a,b,c,d\n1,2,3,4\n", new TableOptions { Target = asked, Ignored = ["b"] }));
        Assert.Equal(Failure.Usage, error.Failure);
        Assert.Contains($"--target: expected a column of {_folder.File("x.csv")}, its number or 'last', found '{asked}'; the columns are 'a', 'b', 'c', 'd'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_in_another_case_is_taken_where_it_is_that_of_one_column_and_that_is_said()
    {
        const string rows = "1,x,2\n2,y,1\n1,x,2\n2,y,1\n";
        Assert.Equal("the only column that is called 'survived' but for the case of its letters", Read($"a,Survived,b\n{rows}", new TableOptions { Target = "survived" }).Target.Why);
        var error = Assert.Throws<TrainingException>(() => Read($"Survived,SURVIVED,b\n{rows}", new TableOptions { Target = "survived" }));
        Assert.Contains("the columns are 'Survived', 'SURVIVED', 'b'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("place", "p", 257, "found 257; name another column with --target.")]
    [InlineData("label", "", 300, "found 300; name another column with --target, or learn a quantity with --task regress.")]
    public void More_classes_than_a_label_can_tell_apart_are_refused(string name, string sign, int classes, string found)
    {
        Assert.Equal(256, Read(Numbers(name, 1024, row => $"{sign}{row % 256}")).Target.Classes.Count);
        var error = Assert.Throws<TrainingException>(() => Read(Numbers(name, 2 * classes, row => $"{sign}{row % classes}")));
        Assert.Equal(Failure.Data, error.Failure);
        Assert.EndsWith($"x.csv: column '{name}': expected a target with 2 to 256 classes, {found}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_column_that_is_left_out_is_neither_the_last_nor_found_by_its_name()
    {
        Assert.Equal("c", Read("a,class,c,d\n1,2,1,2\n2,1,2,1\n1,2,1,2\n2,1,2,1\n", new TableOptions { Ignored = ["class", "d"] }).Target.Column.Name);
        Assert.Equal("c", Read("a,b,c,d\n1,2,1,2\n2,1,2,1\n1,2,1,2\n2,1,2,1\n", new TableOptions { Target = "last", Ignored = ["d"] }).Target.Column.Name);
    }

    [Theory]
    [InlineData("value", 20, 40, TableTask.Classify)]
    [InlineData("value", 21, 100, TableTask.Regress)]
    [InlineData("value", 20, 39, TableTask.Regress)]
    [InlineData("label", 21, 100, TableTask.Classify)]
    public void Few_whole_numbers_that_recur_are_classes_and_others_quantities(string name, int values, int rows, TableTask task) =>
        Assert.Equal(task, Read(Numbers(name, rows, row => $"{row % values}")).Target.Task);

    [Fact]
    public void Numbers_with_decimals_are_quantities_unless_classes_are_asked_for()
    {
        var text = Numbers("value", 40, row => $"{row % 2}.5");
        Assert.Equal(TableTask.Regress, Read(text).Target.Task);
        var target = Read(text, new TableOptions { Task = TableTask.Classify }).Target;
        Assert.Equal([("0.5", 20), ("1.5", 20)], target.Classes);
        Assert.Equal([0, 1, 0, 1], target.Labels[..4]);
    }

    [Fact]
    public void Classes_that_are_numbers_stand_by_size_and_are_one_however_they_are_written()
    {
        var target = Read(Numbers("class", 8, row => (row % 4) switch { 0 => "10", 1 => "9", 2 => "9.0", _ => "1e1" })).Target;
        Assert.Equal([("9", 4), ("10", 4)], target.Classes);
        Assert.Equal([1, 0, 0, 1], target.Labels[..4]);
    }

    [Fact]
    public void A_quantity_of_texts_is_refused() => Assert.Contains(
        "column 'class': expected numbers, because a quantity is to be learned, found 2 different texts in 4 rows",
        Assert.Throws<TrainingException>(() => Read(Numbers("class", 4, row => row % 2 == 0 ? "x" : "z"), new TableOptions { Task = TableTask.Regress })).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Rows_without_a_target_are_said_and_have_no_class()
    {
        var table = Read("a,class\n1,x\n2,\n3,y\n4,?\n5,x\n6,y\n");
        Assert.Equal([0, -1, 1, -1, 0, 1], table.Target.Labels);
        Assert.Equal([0, 2, 4, 5], table.RowsWithTarget());
        Assert.Contains("2 of 6 rows have no value of 'class'", Assert.Single(table.Remarks), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<=50K.", ">50K.", true)]
    [InlineData("<=50K.", "more.", false)]
    [InlineData("<=50K.", ">50K", false)]
    public void A_point_at_the_end_of_every_class_of_one_file_makes_no_other_classes(string first, string second, bool isOne)
    {
        var train = _folder.Write("adult.data", "39,<=50K\n50,>50K\n38,<=50K\n41,>50K\n");
        var test = _folder.Write("adult.test", $"25,{first}\n38,{second}\n28,{first}\n30,{second}\n");
        var table = TableReader.Read([train, test], new TableOptions());
        if (isOne)
        {
            Assert.Equal([("<=50K", 4), (">50K", 4)], table.Target.Classes);
            Assert.Equal([0, 1, 0, 1, 0, 1, 0, 1], table.Target.Labels);
            Assert.Contains("adult.test: the classes of 'c2' end in a point there, as in '<=50K.', and are taken for those without it", Assert.Single(table.Remarks), StringComparison.Ordinal);
        }
        else
        {
            Assert.Contains(("<=50K.", 2), table.Target.Classes);
            Assert.Empty(table.Remarks);
        }
    }

    [Fact]
    public void A_class_with_a_point_that_another_file_has_too_is_that_class()
    {
        var first = _folder.Write("a.csv", "1,no\n2,no.\n3,yes\n4,yes\n5,no\n6,no.\n");
        var second = _folder.Write("b.csv", "1,no.\n2,no.\n");
        Assert.Equal([("no", 2), ("no.", 4), ("yes", 2)], TableReader.Read([first, second], new TableOptions()).Target.Classes);
    }

    private static string Numbers(string name, int rows, Func<int, string> value) =>
        $"a,{name}\n{string.Concat(Enumerable.Range(0, rows).Select(row => $"{row % 7}.5,{value(row)}\n"))}";

    private Table Read(string text, TableOptions? options = null) => TableReader.Read([_folder.Write("x.csv", text)], options ?? new TableOptions());
}
