using System.Collections.Immutable;
using System.Text.Json.Nodes;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator;

/// <summary>
/// An object that should exist in the cluster because a Gateway does: a headless Service without selector, by which
/// tools find what belongs to a Gateway, and which carries the Gateway's infrastructure labels and annotations.
/// Whoever writes it adds an ownerReference to the Gateway.
/// </summary>
/// <param name="Gateway"><c>NS/NAME</c> of its owner, in whose namespace it lives.</param>
/// <param name="Name">A DNS label.</param>
public sealed record OwnedObject(
    string Gateway,
    string Namespace,
    string Name,
    ImmutableSortedDictionary<string, string> Labels,
    ImmutableSortedDictionary<string, string> Annotations)
{
    public bool Equals(OwnedObject? other) =>
        other is not null
        && (Gateway, Namespace, Name) == (other.Gateway, other.Namespace, other.Name)
        && Labels.SequenceEqual(other.Labels)
        && Annotations.SequenceEqual(other.Annotations);

    public override int GetHashCode() => HashCode.Combine(Gateway, Name);

    /// <summary>As it is written, but for the ownerReference.</summary>
    public JsonObject ToJson() => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Service",
        ["metadata"] = new JsonObject
        {
            ["namespace"] = Namespace,
            ["name"] = Name,
            ["labels"] = Map(Labels),
            ["annotations"] = Map(Annotations),
        },
        ["spec"] = new JsonObject { ["clusterIP"] = "None" },
    };

    private static JsonObject Map(ImmutableSortedDictionary<string, string> texts) =>
        new(texts.Select(t => KeyValuePair.Create(t.Key, (JsonNode?)t.Value)));
}

internal static class OwnedObjects
{
    private const string GatewayLabel = Groups.Gateway + "/gateway-name";

    private const string ClassLabel = Groups.Gateway + "/gateway-class-name";

    /// <summary>Hold the full names where a label holds a shortened one.</summary>
    private const string GatewayAnnotation = "nodeagent.dev/gateway-name";

    private const string ClassAnnotation = "nodeagent.dev/gateway-class-name";

    private const string ManagedByLabel = "app.kubernetes.io/managed-by";

    /// <summary>Our own labels win over the infrastructure's: without them nobody would find the object.</summary>
    public static OwnedObject ServiceOf(Gateway gateway)
    {
        ObjectMeta meta = gateway.Meta;
        ImmutableSortedDictionary<string, string> annotations = gateway.InfrastructureAnnotations;
        annotations = WithFullName(annotations, GatewayAnnotation, meta.Name);
        annotations = WithFullName(annotations, ClassAnnotation, gateway.GatewayClassName);
        return new OwnedObject(
            meta.Key,
            meta.Namespace,
            ShortName.Of($"nodeagent-{meta.Name}", dots: false),
            gateway.InfrastructureLabels
                .SetItem(GatewayLabel, ShortName.Of(meta.Name, dots: true))
                .SetItem(ClassLabel, ShortName.Of(gateway.GatewayClassName, dots: true))
                .SetItem(ManagedByLabel, "nodeagent"),
            annotations);
    }

    private static ImmutableSortedDictionary<string, string> WithFullName(
        ImmutableSortedDictionary<string, string> annotations, string key, string name) =>
        ShortName.Of(name, dots: true) == name ? annotations.Remove(key) : annotations.SetItem(key, name);
}
