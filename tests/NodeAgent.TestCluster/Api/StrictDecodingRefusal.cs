namespace NodeAgent.TestCluster.Api;

/// <summary>The client wants unknown and repeated fields to be refused, and there are some.</summary>
/// <param name="found"><c>unknown field "spec.a", duplicate field "spec.b"</c>.</param>
internal sealed class StrictDecodingRefusal(ServedKind kind, string found)
    : ApiRefusal(400, "BadRequest", $"{kind.Kind} in version \"{kind.Version}\" cannot be handled as a {kind.Kind}: strict decoding error: {found}")
{
    public string Found { get; } = found;
}
