using Microsoft.AspNetCore.Http;
using NodeAgent.TestCluster.Api;
using NodeAgent.TestCluster.Reading;
using NodeAgent.TestCluster.Storage;
using NodeAgent.TestCluster.Watching;

namespace NodeAgent.TestCluster.Serving;

/// <summary>The shape in which a client wants its answer.</summary>
internal sealed class Presentation(ServedKind kind)
{
    public static Presentation Of(ServedKind kind, HttpRequest request)
    {
        _ = request;
        return new Presentation(kind);
    }

    public ApiReply One(StoredObject item, int code = 200) => new(code, item.Utf8);

    public ApiReply Many(ListChunk chunk) => new(200, ListReader.ToList(kind, chunk));

    public WatchShape WatchShape() => item => item.Utf8;
}
