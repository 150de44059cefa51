namespace NodeAgent.Controller.Sources.Kubernetes;

/// <summary>A kind in one of its versions, as an API server serves it.</summary>
/// <param name="Group">Empty for the core group.</param>
/// <param name="Plural">The name in paths, such as <c>httproutes</c>.</param>
public sealed record ApiResource(string Group, string Version, string Plural, string Kind, bool Namespaced)
{
    /// <summary><c>v1</c>, or <c>gateway.networking.k8s.io/v1</c>.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>Where its objects are: of one namespace, or of all where <paramref name="ns"/> is null or the kind has none.</summary>
    public string PathOf(string? ns, string? name = null, string? subresource = null)
    {
        string path = Group.Length == 0 ? $"/api/{Version}" : $"/apis/{Group}/{Version}";
        path += Namespaced && ns is not null ? $"/namespaces/{Uri.EscapeDataString(ns)}/{Plural}" : $"/{Plural}";
        path += name is null ? "" : $"/{Uri.EscapeDataString(name)}";
        return subresource is null ? path : $"{path}/{subresource}";
    }
}
