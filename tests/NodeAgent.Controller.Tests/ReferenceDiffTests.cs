using FsCheck;
using FsCheck.Fluent;
using NodeAgent.Snapshot;

namespace NodeAgent.Controller.Tests;

public sealed class ReferenceDiffTests
{
    private static readonly object[] Some = [.. Enumerable.Range(0, 8).Select(i => (object)$"{i}")];

    [Fact]
    public void What_neither_came_nor_went_is_the_same_in_the_same_order()
    {
        Gen<object[]> list = Gen.Elements(Some).ListOf().Select(l => l.ToArray());
        Prop.ForAll(list.Two().ToArbitrary(), lists =>
        {
            ReferenceDiff diff = ReferenceDiff.Between<object>(lists.Item1, lists.Item2);
            Assert.Equal(lists.Item1.Where((_, i) => !diff.Gone.Contains(i)), lists.Item2.Where((_, i) => !diff.Came.Contains(i)), ReferenceEqualityComparer.Instance);
            Assert.Equal(diff.Gone.Order(), diff.Gone);
            Assert.Equal(diff.Came.Order(), diff.Came);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    [Fact]
    public void Single_edits_far_from_each_other_are_told_alone()
    {
        object[] before = [.. Enumerable.Range(0, 100).Select(i => (object)$"{i}")];
        List<object> after = [.. before];
        after[90] = "new";
        after.RemoveAt(50);
        after.Insert(10, "more");
        ReferenceDiff diff = ReferenceDiff.Between<object>(before, after.ToArray());
        Assert.Equal([50, 90], diff.Gone);
        Assert.Equal([10, 90], diff.Came);
    }
}
