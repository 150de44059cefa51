using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using NodeAgent.Conformance;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Tests.Conformance;

/// <summary>
/// What an API server would hold while the suite runs: documents with generations and creation times, and what the
/// cluster adds of itself (endpoint slices of Services that select pods). Translated step by step by one translator.
/// </summary>
internal sealed class SuiteCluster(DataPlaneFeatures features)
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly SortedDictionary<string, JsonObject> _documents = new(StringComparer.Ordinal);

    private readonly Dictionary<string, ApiObject> _objects = new(StringComparer.Ordinal);

    private readonly IncrementalTranslator _translator = new();

    private ImmutableSortedDictionary<string, PoolAddresses> _remembered = ImmutableSortedDictionary<string, PoolAddresses>.Empty;

    private int _minutes;

    public IReadOnlyDictionary<string, JsonObject> Documents => _documents;

    /// <summary>The class, the suite's certificates and the base manifests.</summary>
    public static SuiteCluster WithBase(DataPlaneFeatures features = DataPlaneFeatures.All)
    {
        var cluster = new SuiteCluster(features);
        cluster.Apply(YamlJson.Documents($$"""
            apiVersion: gateway.networking.k8s.io/v1
            kind: GatewayClass
            metadata: {name: {{SuiteNames.ClassName}}}
            spec: {controllerName: {{GatewayTranslator.ControllerName}}}
            """));
        cluster.Apply(SuiteCertificates.Objects);
        cluster.Apply(UpstreamManifests.Base());
        return cluster;
    }

    /// <summary>All in one second, as the suite applies a manifest; a later call is a minute later.</summary>
    public void Apply(IEnumerable<JsonNode> documents)
    {
        foreach (JsonObject document in documents.Select(d => Filled(d).AsObject()))
        {
            JsonObject meta = document["metadata"]!.AsObject();
            meta["generation"] = 1L;
            meta["creationTimestamp"] = Start.AddMinutes(_minutes).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", null);
            string key = SuiteNames.Key((string)document["kind"]!, (string?)meta["namespace"], (string)meta["name"]!);
            _documents[key] = document;
            Decode(key, document);
            if ((string)document["kind"]! == "Service" && document["spec"]?["selector"] is not null)
            {
                JsonObject slice = SliceOf(document);
                Decode("slice of " + key, slice);
            }
        }

        _minutes++;
    }

    public void Patch(string key, JsonObject patch)
    {
        JsonObject document = _documents[key];
        string? spec = document["spec"]?.ToJsonString();
        MergePatch.Apply(document, Filled(patch));
        if (document["spec"]?.ToJsonString() != spec)
        {
            document["metadata"]!["generation"] = (long)document["metadata"]!["generation"]! + 1L;
        }

        Decode(key, document);
    }

    public void Delete(string key)
    {
        Assert.True(_documents.Remove(key), $"no {key} to delete");
        _objects.Remove(key);
    }

    public SuiteOutcome Translate()
    {
        var state = new ClusterState
        {
            Objects = [.. _objects.Values],
            Addresses = new AddressSpace(["127.80.0.0/25", $"{UpstreamManifests.UsableAddress}/32"], _remembered),
            Features = features,
        };
        Translation translation = _translator.Translate(state);
        _remembered = translation.Addresses;
        return new SuiteOutcome(state, translation, _documents);
    }

    private JsonNode Filled(JsonNode node) => CasePlaceholders.Fill(
        node,
        authority => (string)_documents[SuiteNames.Key("ConfigMap", null, authority)]["data"]!["ca.crt"]!,
        _ => ["10.9.0.1", "10.9.0.2"]);

    private void Decode(string key, JsonObject document)
    {
        using JsonDocument json = JsonDocument.Parse(document.ToJsonString());
        DecodeResult result = ApiDecoder.Decode(json.RootElement);
        Assert.True(result.Problems.IsEmpty, $"{key}: {string.Join("; ", result.Problems)}");
        if (result.Decoded is ApiObject item)
        {
            _objects[key] = item;
        }
    }

    /// <summary>One ready pod for every port.</summary>
    private JsonObject SliceOf(JsonObject service)
    {
        var ports = new JsonArray();
        foreach (JsonNode? port in service["spec"]!["ports"]!.AsArray())
        {
            ports.Add(new JsonObject
            {
                ["name"] = (string?)port!["name"] ?? "",
                ["port"] = (port["targetPort"] ?? port["port"])!.DeepClone(),
                ["protocol"] = (string?)port["protocol"] ?? "TCP",
            });
        }

        string name = (string)service["metadata"]!["name"]!;
        return new JsonObject
        {
            ["apiVersion"] = "discovery.k8s.io/v1",
            ["kind"] = "EndpointSlice",
            ["metadata"] = new JsonObject
            {
                ["namespace"] = service["metadata"]!["namespace"]!.DeepClone(),
                ["name"] = $"{name}-1",
                ["labels"] = new JsonObject { ["kubernetes.io/service-name"] = name },
            },
            ["addressType"] = "IPv4",
            ["ports"] = ports,
            ["endpoints"] = new JsonArray(new JsonObject { ["addresses"] = new JsonArray($"10.0.{_objects.Count / 250}.{(_objects.Count % 250) + 1}") }),
        };
    }
}

/// <summary>A state of the cluster and what we make of it.</summary>
internal sealed record SuiteOutcome(ClusterState State, Translation Translation, IReadOnlyDictionary<string, JsonObject> Documents) : ISuiteObjects
{
    public JsonObject? Status(string key) =>
        Translation.Statuses.SingleOrDefault(s => SuiteNames.Key(s.Kind, s.Namespace, s.Name) == key)?.Status;

    /// <summary>What holds in every test, of the statuses and of the snapshot.</summary>
    public IEnumerable<string> BaseFaults(bool everythingServed = true) => BaseRules.Check(this, everythingServed)
        .Concat(Translation.Statuses.Select(s => SuiteNames.Key(s.Kind, s.Namespace, s.Name)).Where(k => !Documents.ContainsKey(k)).Select(k => $"{k}: has a status and does not exist"))
        .Concat(SnapshotValidation.Check(Translation.Snapshot).Select(p => $"snapshot: {p}"));
}
