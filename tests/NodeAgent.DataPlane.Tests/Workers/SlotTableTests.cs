using FsCheck;
using FsCheck.Fluent;
using NodeAgent.DataPlane.Workers;

namespace NodeAgent.DataPlane.Tests.Workers;

public sealed class SlotTableTests
{
    [Fact]
    public void A_handle_finds_its_owner_until_it_is_removed_and_never_another_one() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(300),
        Prop.ForAll(Gen.Choose(-3, 9).ListOf().ToArbitrary(), Holds));

    [Fact]
    public void Removing_twice_does_not_free_the_slot_of_the_next_owner()
    {
        var table = new SlotTable();
        var owner = new Owner();
        ulong first = table.Add(owner, 1);
        table.Remove(first);
        ulong second = table.Add(owner, 2);
        table.Remove(first);
        Assert.Same(owner, table.Find(second, out byte tag));
        Assert.Equal(2, tag);
        ulong third = table.Add(new Owner(), 3);
        Assert.NotEqual((uint)second, (uint)third);
    }

    [Fact]
    public void Ten_thousand_owners_have_a_slot_each()
    {
        var table = new SlotTable();
        (Owner Owner, ulong Handle)[] all =
            [.. Enumerable.Range(0, 10_000).Select(i => new Owner()).Select(o => (o, table.Add(o, 7)))];
        Assert.All(all, x => Assert.Same(x.Owner, table.Find(x.Handle, out _)));
    }

    /// <summary>Negative: add an owner; else remove the one that many handles ago.</summary>
    private static bool Holds(IList<int> steps)
    {
        var table = new SlotTable();
        List<(ulong Handle, Owner Owner, byte Tag, bool Live)> all = [];
        foreach (int step in steps.Prepend(-1))
        {
            if (step < 0)
            {
                var owner = new Owner();
                byte tag = (byte)all.Count;
                all.Add((table.Add(owner, tag), owner, tag, true));
            }
            else
            {
                int at = Math.Max(all.Count - 1 - step, 0);
                table.Remove(all[at].Handle);
                all[at] = all[at] with { Live = false };
            }

            foreach ((ulong handle, Owner owner, byte tag, bool live) in all)
            {
                Pollable? found = table.Find(handle, out byte foundTag);
                if (live ? found != owner || foundTag != tag : found is not null)
                {
                    return false;
                }
            }
        }

        return all.Select(a => a.Handle).Distinct().Count() == all.Count;
    }

    private sealed class Owner : Pollable
    {
        internal override void OnEvents(byte tag, uint bits)
        {
        }
    }
}
