namespace NodeAgent.TestCluster.Serving;

/// <summary>A part of an object with a path and a kind of its own. The status, which is of the kind itself, is none.</summary>
internal sealed record Subresource(string Name, string Group, string Version, string Kind, string[] Verbs)
{
    public static Subresource Scale { get; } = new(ScaleRequests.Subresource, "autoscaling", "v1", "Scale", ["get", "patch", "update"]);

    public static Subresource Token { get; } = new("token", "authentication.k8s.io", "v1", "TokenRequest", ["create"]);

    public static IEnumerable<Subresource> Of(ServedKind kind)
    {
        if (kind.Scale is not null)
        {
            yield return Scale;
        }

        if (kind is { Group: "", Plural: "serviceaccounts" })
        {
            yield return Token;
        }
    }
}
