using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using NodeAgent.TestCluster.Api;
using NodeAgent.TestCluster.Json;
using NodeAgent.TestCluster.Reading;
using NodeAgent.TestCluster.Storage;
using NodeAgent.TestCluster.Tables;
using NodeAgent.TestCluster.Watching;

namespace NodeAgent.TestCluster.Serving;

internal enum AnswerShape
{
    /// <summary>The object as it is.</summary>
    Whole,

    /// <summary>PartialObjectMetadata: no spec, no status.</summary>
    Metadata,

    /// <summary>A Table with a row for each object.</summary>
    Table,
}

/// <summary>The shape in which a client wants its answer, by its Accept header.</summary>
internal sealed class Presentation(ServedKind kind, AnswerShape shape, IncludeObject include, TimeProvider clock) : IWatchShape
{
    private const string MetaVersion = "meta.k8s.io/v1";

    /// <summary>Only the first table of a watch says its columns.</summary>
    private bool columnsTold;

    /// <exception cref="ApiRefusal">406: nothing the client takes can be given.</exception>
    public static Presentation Of(ServedKind kind, HttpRequest request, TimeProvider clock)
    {
        IncludeObject include = request.Query["includeObject"].ToString() switch
        {
            "Object" => IncludeObject.Object,
            "None" => IncludeObject.None,
            _ => IncludeObject.Metadata,
        };
        string accept = request.Headers.Accept.ToString();
        if (accept.Length == 0)
        {
            return new Presentation(kind, AnswerShape.Whole, include, clock);
        }

        foreach (string part in accept.Split(','))
        {
            string[] words = part.Split(';', StringSplitOptions.TrimEntries);
            if (words[0] is not ("application/json" or "*/*" or "application/*"))
            {
                continue;
            }

            AnswerShape? wanted = words.FirstOrDefault(w => w.StartsWith("as=", StringComparison.Ordinal)) switch
            {
                null => AnswerShape.Whole,
                "as=Table" when words.Contains("v=v1") => AnswerShape.Table,
                "as=PartialObjectMetadata" or "as=PartialObjectMetadataList" when words.Contains("v=v1") => AnswerShape.Metadata,
                _ => null,
            };
            if (wanted is { } found)
            {
                return new Presentation(kind, found, include, clock);
            }
        }

        throw Refusals.NotAcceptable("only the following media types are accepted: application/json, application/json;as=Table;g=meta.k8s.io;v=v1, application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1");
    }

    public ApiReply One(StoredObject item, int code = 200) => new(code, Shown(item, columns: true));

    public ApiReply Many(ListChunk chunk)
    {
        switch (shape)
        {
            case AnswerShape.Table:
                JsonObject meta = (JsonObject)JsonText.Parse(Encoding.UTF8.GetBytes(ListReader.Metadata(chunk)))!;
                return ApiReply.Of(TableBuilder.Of(kind, chunk.Items.Select(i => i.Body), meta, include, clock.GetUtcNow()));
            case AnswerShape.Metadata:
                return ApiReply.Of(new JsonObject
                {
                    ["kind"] = "PartialObjectMetadataList",
                    ["apiVersion"] = MetaVersion,
                    ["metadata"] = JsonText.Parse(Encoding.UTF8.GetBytes(ListReader.Metadata(chunk))),
                    ["items"] = new JsonArray([.. chunk.Items.Select(i => Partial(i.Body))]),
                });
            default:
                return new ApiReply(200, ListReader.ToList(kind, chunk));
        }
    }

    public ReadOnlyMemory<byte> Item(StoredObject item)
    {
        ReadOnlyMemory<byte> shown = Shown(item, columns: !columnsTold);
        columnsTold = true;
        return shown;
    }

    public ReadOnlyMemory<byte> Bookmark(long revision, bool initialEnd)
    {
        var meta = new JsonObject { ["resourceVersion"] = revision.ToString(System.Globalization.CultureInfo.InvariantCulture) };
        if (shape != AnswerShape.Table)
        {
            meta["creationTimestamp"] = null;
        }

        if (initialEnd)
        {
            meta["annotations"] = new JsonObject { ["k8s.io/initial-events-end"] = "true" };
        }

        return JsonText.Bytes(shape switch
        {
            AnswerShape.Table => TableBuilder.Of(kind, [], meta, include, clock.GetUtcNow(), withColumns: false),
            AnswerShape.Metadata => new JsonObject { ["kind"] = "PartialObjectMetadata", ["apiVersion"] = MetaVersion, ["metadata"] = meta },
            _ => new JsonObject { ["kind"] = kind.Kind, ["apiVersion"] = kind.ApiVersion, ["metadata"] = meta },
        });
    }

    private ReadOnlyMemory<byte> Shown(StoredObject item, bool columns) => shape switch
    {
        AnswerShape.Table => JsonText.Bytes(TableBuilder.Of(kind, [item.Body], null, include, clock.GetUtcNow(), columns)),
        AnswerShape.Metadata => JsonText.Bytes(Partial(item.Body)),
        _ => item.Utf8,
    };

    private static JsonObject Partial(JsonObject item) => new()
    {
        ["kind"] = "PartialObjectMetadata",
        ["apiVersion"] = MetaVersion,
        ["metadata"] = item["metadata"]?.DeepClone(),
    };
}
