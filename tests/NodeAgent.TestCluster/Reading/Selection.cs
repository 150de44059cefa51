using Microsoft.AspNetCore.Http;
using NodeAgent.TestCluster.Json;
using NodeAgent.TestCluster.Storage;

namespace NodeAgent.TestCluster.Reading;

/// <summary>Which objects of a resource a request asks for.</summary>
/// <param name="Namespace">Null for all.</param>
internal sealed record Selection(string? Namespace, string? Name, LabelSelector? Labels, FieldSelector? Fields)
{
    public static Selection Of(ServedKind kind, ApiRequest request, IQueryCollection query)
    {
        string? labels = query["labelSelector"];
        string? fields = query["fieldSelector"];
        FieldSelector? field = string.IsNullOrEmpty(fields) ? null : FieldSelector.Parse(kind, fields);
        return new Selection(
            kind.Namespaced && request.Namespace.Length > 0 ? request.Namespace : null,
            request.Name.Length > 0 ? request.Name : field?.Name,
            string.IsNullOrEmpty(labels) ? null : LabelSelector.Parse(labels),
            field);
    }

    /// <param name="item">In the version that was asked for.</param>
    public bool Matches(StoredObject item) =>
        (Namespace is null || item.Key.Namespace == Namespace)
        && (Name is null || item.Key.Name == Name)
        && (Labels is null || Labels.Matches(item.Labels))
        && (Fields is null || Fields.Matches(item.Body));
}
