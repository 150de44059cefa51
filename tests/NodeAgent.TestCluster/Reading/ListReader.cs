using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using Microsoft.AspNetCore.Http;
using NodeAgent.TestCluster.Api;
using NodeAgent.TestCluster.Storage;

namespace NodeAgent.TestCluster.Reading;

/// <summary>A chunk of a list.</summary>
/// <param name="Items">In the version asked for.</param>
/// <param name="Remaining">How many follow; null when that is not known.</param>
internal sealed record ListChunk(IReadOnlyList<StoredObject> Items, long Revision, string? Continue, long? Remaining);

/// <summary>Lists: all of a state, or chunk by chunk of one and the same state.</summary>
internal sealed class ListReader(ObjectStore store)
{
    public ListChunk Read(ServedKind kind, Selection selection, IQueryCollection query)
    {
        ResourceId home = Conversion.Home(kind);
        ListOptions options = ListOptions.Of(query, watch: false);
        (ImmutableSortedDictionary<ObjectKey, StoredObject> objects, long revision, ObjectKey? after) = options.Continue.Length > 0 ? Resumed(home, options) : State(home, options);

        // The cache, which lists of any version are from, has no chunks.
        int limit = options.Version == "0" && options.Continue.Length == 0 ? 0 : options.Limit;
        var items = new List<StoredObject>(limit > 0 ? Math.Min(limit, objects.Count) : objects.Count);
        string? next = null;
        long? remaining = null;
        foreach ((ObjectKey key, StoredObject stored) in objects)
        {
            if (after is { } start && key.CompareTo(start) <= 0)
            {
                continue;
            }

            StoredObject item = stored.As(kind);
            if (!selection.Matches(item))
            {
                continue;
            }

            if (limit > 0 && items.Count == limit)
            {
                if (next is null)
                {
                    next = new ContinueToken(revision, items[^1].Key).ToString();
                    if (selection.Labels is not null || selection.Fields is not null)
                    {
                        break;
                    }

                    remaining = 0;
                }

                remaining++;
            }
            else
            {
                items.Add(item);
            }
        }

        return new ListChunk(items, revision, next, remaining);
    }

    /// <summary>Joins the texts of the items; none of them is written anew.</summary>
    public static byte[] ToList(ServedKind kind, ListChunk chunk)
    {
        var buffer = new ArrayBufferWriter<byte>(256 + chunk.Items.Sum(i => i.Utf8.Length + 1));
        Write(buffer, $"{{\"kind\":\"{kind.Kind}List\",\"apiVersion\":\"{kind.ApiVersion}\",\"metadata\":{Metadata(chunk)},\"items\":[");
        for (int i = 0; i < chunk.Items.Count; i++)
        {
            if (i > 0)
            {
                buffer.Write(","u8);
            }

            buffer.Write(chunk.Items[i].Utf8);
        }

        buffer.Write("]}"u8);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>ListMeta, as text.</summary>
    public static string Metadata(ListChunk chunk)
    {
        var text = new StringBuilder($"{{\"resourceVersion\":\"{chunk.Revision}\"");
        if (chunk.Continue is not null)
        {
            text.Append($",\"continue\":\"{chunk.Continue}\"");
        }

        if (chunk.Remaining is not null)
        {
            text.Append($",\"remainingItemCount\":{chunk.Remaining}");
        }

        return text.Append('}').ToString();
    }

    /// <summary>The state that the first chunk was of; or the latest one, for who was late and goes on nevertheless.</summary>
    private (ImmutableSortedDictionary<ObjectKey, StoredObject> Objects, long Revision, ObjectKey? After) Resumed(ResourceId home, ListOptions options)
    {
        if (options.Version is not ("" or "0"))
        {
            throw Refusals.BadRequest("specifying resource version is not allowed when using continue");
        }

        ContinueToken token = ContinueToken.Parse(options.Continue);
        if (token.Revision == ContinueToken.Latest)
        {
            (ImmutableSortedDictionary<ObjectKey, StoredObject> objects, long revision) = store.All(home);
            return (objects, revision, token.After);
        }

        return (store.At(home, token.Revision) ?? throw TooLate(token), token.Revision, token.After);
    }

    private static ApiRefusal TooLate(ContinueToken token) => new(
        410, "Expired", "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.")
    {
        Continue = (token with { Revision = ContinueToken.Latest }).ToString(),
    };

    private (ImmutableSortedDictionary<ObjectKey, StoredObject> Objects, long Revision, ObjectKey? After) State(ResourceId home, ListOptions options)
    {
        (ImmutableSortedDictionary<ObjectKey, StoredObject> objects, long revision) = store.All(home);
        if (options.Version is "" or "0")
        {
            return (objects, revision, null);
        }

        long wanted = Revisions.Parse(options.Version);
        if (wanted > revision)
        {
            throw Revisions.TooLarge(wanted, revision);
        }

        return options.IsExact
            ? (store.At(home, wanted) ?? throw Refusals.Expired("The resourceVersion for the provided list is too old."), wanted, null)
            : (objects, revision, null);
    }

    private static void Write(ArrayBufferWriter<byte> buffer, string text) => Encoding.UTF8.GetBytes(text, buffer);
}
