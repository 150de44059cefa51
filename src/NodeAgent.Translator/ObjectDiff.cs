using System.Collections.Immutable;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator;

/// <summary>What changed between two lists of objects. Objects are immutable, so the same reference is the same object.</summary>
internal static class ObjectDiff
{
    /// <summary>Costs a look at each object, and memory only for the part between the first and the last change.</summary>
    public static List<ObjectChange> Between(ImmutableArray<ApiObject> before, ImmutableArray<ApiObject> after)
    {
        int start = 0;
        while (start < before.Length && start < after.Length && ReferenceEquals(before[start], after[start]))
        {
            start++;
        }

        int tail = 0;
        while (tail < before.Length - start && tail < after.Length - start && ReferenceEquals(before[^(tail + 1)], after[^(tail + 1)]))
        {
            tail++;
        }

        var old = new Dictionary<(Type, string), ApiObject>();
        foreach (ApiObject item in before[start..^tail])
        {
            old[IdOf(item)] = item;
        }

        var changes = new List<ObjectChange>();
        foreach (ApiObject item in after[start..^tail])
        {
            if (!old.Remove(IdOf(item), out ApiObject? known))
            {
                changes.Add(new ObjectChange(null, item));
            }
            else if (!ReferenceEquals(known, item))
            {
                changes.Add(new ObjectChange(known, item));
            }
        }

        changes.AddRange(old.Values.Select(gone => new ObjectChange(gone, null)));
        return changes;
    }

    private static (Type, string) IdOf(ApiObject item) => (item.GetType(), item.Meta.Key);
}
