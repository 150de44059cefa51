using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using NodeAgent.Translator.Api.Decoding;
using NodeAgent.Translator.Api.Extensions;
using NodeAgent.Translator.Legacy;
using NodeAgent.Translator.Legacy.Decoding;

namespace NodeAgent.Translator.Api;

/// <summary>
/// The one door from JSON to objects. Defaults, limits, patterns and rules across fields are those of the CRDs
/// (Gateway API 1.6.1); unknown fields are problems of what a user wrote, but not of what an API server gives out: it has
/// pruned what its own definitions do not know, and those may be newer than ours. Never throws for what a document says.
/// </summary>
public static class ApiDecoder
{
    internal const string DefaultNamespace = "default";

    private static readonly string[] Stable = ["v1", "v1beta1"];

    private static readonly string[] GrpcVersions = ["v1", "v1alpha2"];

    private static readonly string[] L4Versions = ["v1", "v1alpha2", "v1alpha3"];

    private static readonly string[] Alpha = ["v1alpha1"];

    private static readonly string[] GrantVersions = ["v1", "v1beta1", "v1alpha2", "v1alpha3"];

    private static readonly FrozenDictionary<(string Group, string Kind), KindDecoder> Kinds =
        new Dictionary<(string, string), KindDecoder>
        {
            [(Groups.Gateway, "GatewayClass")] = new(Stable, true, TextRules.ObjectName, GatewayDecoder.ReadClass),
            [(Groups.Gateway, "Gateway")] = new(Stable, false, TextRules.ObjectName, GatewayDecoder.Read),
            [(Groups.Gateway, "ListenerSet")] = new(["v1"], false, TextRules.ObjectName, ListenerSetDecoder.Read),
            [(Groups.Gateway, "HTTPRoute")] = new(Stable, false, TextRules.ObjectName, HttpRouteDecoder.Read),
            [(Groups.Gateway, "GRPCRoute")] = new(GrpcVersions, false, TextRules.ObjectName, GrpcRouteDecoder.Read),
            [(Groups.Gateway, "TLSRoute")] = new(L4Versions, false, TextRules.ObjectName, L4RouteDecoder.ReadTls),
            [(Groups.Gateway, "TCPRoute")] = new(L4Versions, false, TextRules.ObjectName, L4RouteDecoder.ReadTcp),
            [(Groups.Gateway, "UDPRoute")] = new(L4Versions, false, TextRules.ObjectName, L4RouteDecoder.ReadUdp),
            [(Groups.Gateway, "ReferenceGrant")] = new(GrantVersions, false, TextRules.ObjectName, GrantDecoder.Read),
            [(Groups.Core, "Service")] = new(["v1"], false, TextRules.LabelName, ServiceDecoder.Read),
            [(Groups.Core, "Secret")] = new(["v1"], false, TextRules.ObjectName, CoreDecoder.ReadSecret),
            [(Groups.Core, "ConfigMap")] = new(["v1"], false, TextRules.ObjectName, CoreDecoder.ReadConfigMap),
            [(Groups.Core, "Namespace")] = new(["v1"], true, TextRules.LabelName, CoreDecoder.ReadNamespace),
            [(Groups.Extensions, CustomResourceDefinition.KindName)] = new(["v1"], true, TextRules.ObjectName, CustomResourceDefinitionDecoder.Read),
            [(Groups.NodeAgent, GatewayParameters.KindName)] = new(Alpha, false, TextRules.ObjectName, GatewayParametersDecoder.Read),
            [(Groups.NodeAgent, AddressPool.KindName)] = new(Alpha, true, TextRules.ObjectName, AddressPoolDecoder.Read),
            [(Groups.NodeAgent, AddressClaim.KindName)] = new(Alpha, true, TextRules.ObjectName, AddressClaimDecoder.Read),
            [(Groups.NodeAgent, EndpointGroup.KindName)] = new(Alpha, false, TextRules.ObjectName, EndpointGroupDecoder.Read),
            [(Groups.NodeAgent, BackendSettings.KindName)] = new(Alpha, false, TextRules.ObjectName, BackendSettingsDecoder.Read),
            [(Groups.NodeAgent, DnsRoute.KindName)] = new(Alpha, false, TextRules.ObjectName, DnsRouteDecoder.Read),
            [(Groups.Core, "Node")] = new(["v1"], true, TextRules.ObjectName, WorkloadDecoder.ReadNode),
            [(Groups.Core, "Pod")] = new(["v1"], false, TextRules.ObjectName, WorkloadDecoder.ReadPod),
            [(Groups.Apps, "StatefulSet")] = new(["v1"], false, TextRules.ObjectName, WorkloadDecoder.ReadStatefulSet),
            [(Groups.Gateway, "BackendTLSPolicy")] = new(["v1", "v1alpha3"], false, TextRules.ObjectName, BackendTlsDecoder.ReadPolicy),
            [(Groups.GatewayX, "XBackend")] = new(["v1alpha1"], false, TextRules.ObjectName, XBackendDecoder.Read),
            [(Groups.GatewayX, "XBackendTrafficPolicy")] = new(["v1alpha1"], false, TextRules.ObjectName, XBackendTrafficPolicyDecoder.Read),
            [(Groups.NodeAgent, "HTTPFilter")] = new(Alpha, false, TextRules.ObjectName, ExtensionFilterDecoder.Read),
            [(Groups.NodeAgent, "HTTPMatch")] = new(Alpha, false, TextRules.ObjectName, HttpMatchDecoder.Read),
            [(Groups.NodeAgent, "StaticFiles")] = new(Alpha, false, TextRules.ObjectName, StaticFilesDecoder.Read),
            [("discovery.k8s.io", "EndpointSlice")] = new(["v1"], false, TextRules.ObjectName, EndpointSliceDecoder.Read),
            [(LegacyObject.ApiGroup, "GatewayClass")] = new(Alpha, true, TextRules.ObjectName, LegacyGatewayDecoder.ReadClass),
            [(LegacyObject.ApiGroup, "Gateway")] = new(Alpha, false, TextRules.ObjectName, LegacyGatewayDecoder.Read),
            [(LegacyObject.ApiGroup, "HTTPRoute")] = new(Alpha, false, TextRules.ObjectName, LegacyHttpRouteDecoder.Read),
            [(LegacyObject.ApiGroup, "TCPRoute")] = new(Alpha, false, TextRules.ObjectName, LegacyRouteDecoder.ReadTcp),
            [(LegacyObject.ApiGroup, "TLSRoute")] = new(Alpha, false, TextRules.ObjectName, LegacyRouteDecoder.ReadTls),
            [(LegacyObject.ApiGroup, "UDPRoute")] = new(Alpha, false, TextRules.ObjectName, LegacyRouteDecoder.ReadUdp),
            [(LegacyObject.ApiGroup, "BackendPolicy")] = new(Alpha, false, TextRules.ObjectName, LegacyRouteDecoder.ReadPolicy),
        }.ToFrozenDictionary();

    /// <summary>All kinds that are read.</summary>
    public static ImmutableArray<ReadKind> ReadKinds { get; } =
        [.. Kinds.Select(k => new ReadKind(k.Key.Group, k.Key.Kind, [.. k.Value.Versions], k.Value.ClusterScoped))];

    /// <summary>What a user wrote.</summary>
    public static DecodeResult Decode(JsonElement document) => Decode(document, Identify(document), lenient: false);

    /// <summary>What an API server gave out: in lists its items need not say what they are.</summary>
    public static DecodeResult DecodeWatched(JsonElement item, string apiVersion, string kind) =>
        Decode(item, Identify(item, apiVersion, kind), lenient: true);

    private static DecodeResult Decode(JsonElement document, ObjectIdentity identity, bool lenient)
    {
        if (document.ValueKind != JsonValueKind.Object)
        {
            return Refuse(identity, FieldPath.Root, "is no object", "must be an object with apiVersion, kind and metadata");
        }

        if (identity.Kind.Length == 0)
        {
            return Refuse(identity, "kind", "is missing", "must be a kind such as HTTPRoute");
        }

        if (identity.ApiVersion.Length == 0)
        {
            return Refuse(identity, "apiVersion", "is missing", $"must be a version such as {Groups.Gateway}/v1");
        }

        if (!Kinds.TryGetValue((identity.Group, identity.Kind), out KindDecoder? kind))
        {
            return new DecodeResult(identity, null, [], Ignored: true);
        }

        string version = identity.ApiVersion[(identity.ApiVersion.IndexOf('/', StringComparison.Ordinal) + 1)..];
        if (!kind.Versions.Contains(version))
        {
            string prefix = identity.Group.Length == 0 ? "" : identity.Group + "/";
            return Refuse(
                identity,
                "apiVersion",
                $"is {FieldReader.Quote(identity.ApiVersion)}, which {identity.Kind} does not have",
                $"must be one of {string.Join(", ", kind.Versions.Select(v => prefix + v))}");
        }

        var problems = new List<FieldProblem>();
        ApiObject decoded = FieldReader.Read(document, FieldPath.Root, problems, lenient, reader =>
        {
            reader.Know("apiVersion", "kind", "status");
            return kind.Read(reader, MetaDecoder.Read(reader, kind.ClusterScoped, kind.NameRule));
        });
        return new DecodeResult(identity, problems.Count == 0 ? decoded : null, [.. problems], Ignored: false);
    }

    /// <summary>Who a document says it is, however broken the rest may be.</summary>
    private static ObjectIdentity Identify(JsonElement document) =>
        Identify(document, TextAt(document, "apiVersion"), TextAt(document, "kind"));

    private static ObjectIdentity Identify(JsonElement document, string apiVersion, string kind)
    {
        JsonElement meta =
            document.ValueKind == JsonValueKind.Object && document.TryGetProperty("metadata", out JsonElement found) ? found : default;
        string space = TextAt(meta, "namespace");
        var identity = new ObjectIdentity(apiVersion, kind, space.Length == 0 ? DefaultNamespace : space, TextAt(meta, "name"));
        bool clusterScoped = Kinds.TryGetValue((identity.Group, kind), out KindDecoder? decoder) && decoder.ClusterScoped;
        return clusterScoped ? identity with { Namespace = "" } : identity;
    }

    private static string TextAt(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object
        && element.TryGetProperty(name, out JsonElement value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : "";

    private static DecodeResult Refuse(ObjectIdentity identity, string path, string what, string allowed) =>
        new(identity, null, [new FieldProblem(path, what, allowed)], Ignored: false);

    private sealed record KindDecoder(
        string[] Versions,
        bool ClusterScoped,
        TextRule NameRule,
        Func<FieldReader, ObjectMeta, ApiObject> Read);
}
