using NodeAgent.TestCluster.Api;

namespace NodeAgent.TestCluster.Serving;

/// <summary>/openapi/v3 and what is under it; made anew when the kinds change.</summary>
internal sealed class OpenApiPages(KindRegistry kinds)
{
    public ApiReply? Answer(string path)
    {
        _ = (kinds, path);
        return null;
    }
}
