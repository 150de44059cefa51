using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
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
        string? token = query["continue"];
        int limit = int.TryParse(query["limit"], NumberStyles.None, CultureInfo.InvariantCulture, out int given) ? given : 0;
        ImmutableSortedDictionary<ObjectKey, StoredObject> objects;
        long revision;
        ObjectKey? after = null;
        if (!string.IsNullOrEmpty(token))
        {
            ContinueToken resumed = ContinueToken.Parse(token);
            (revision, after) = (resumed.Revision, resumed.After);
            objects = store.At(home, revision) ?? throw Refusals.Expired(
                "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.");
        }
        else
        {
            (objects, revision) = store.All(home);
            Demand(kind, home, query, ref objects, ref revision);
        }

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

    /// <summary>Obeys resourceVersion and resourceVersionMatch.</summary>
    private void Demand(ServedKind kind, ResourceId home, IQueryCollection query, ref ImmutableSortedDictionary<ObjectKey, StoredObject> objects, ref long revision)
    {
        string version = query["resourceVersion"].ToString();
        string match = query["resourceVersionMatch"].ToString();
        if (match.Length > 0 && version.Length == 0)
        {
            throw Refusals.Invalid(kind, "", [new Schemas.FieldError("FieldValueForbidden", "resourceVersionMatch", "Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided")]);
        }

        if (version is "" or "0")
        {
            return;
        }

        long wanted = Revisions.Parse(version);
        if (match == "Exact")
        {
            objects = store.At(home, wanted) ?? throw Refusals.Expired($"The resourceVersion for the provided list is too old.");
            revision = wanted;
        }

        if (wanted > revision)
        {
            throw Revisions.TooLarge(wanted, revision);
        }
    }

    private static void Write(ArrayBufferWriter<byte> buffer, string text) => Encoding.UTF8.GetBytes(text, buffer);
}
