using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using NodeAgent.Conformance;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Tests.Golden;

namespace NodeAgent.Translator.Tests.Fuzz;

/// <summary>
/// The valid manifests of one tenant, and beside them two tenants that share neither class nor namespace with it. One
/// document of the first is bent at a time; whatever comes of it, the two others must not notice.
/// </summary>
internal sealed class FuzzWorld
{
    private static readonly string[] Bystanders = ["bystander-one", "bystander-two"];

    /// <summary>They rule over namespaces and classes of others, so bystanders may notice them.</summary>
    private static readonly HashSet<string> KindsForAll = ["CustomResourceDefinition", "AddressPool", "AddressClaim", "Node"];

    /// <summary>Position: in <see cref="_objects"/>; -1 when the document is of no kind that is read.</summary>
    private readonly ImmutableArray<(JsonNode Document, int Position)> _subject;
    private static readonly Lazy<ApiObject[]> BystanderObjects = new(() =>
        [.. Bystanders.SelectMany(BystanderDocuments).Select(d => Decode(JsonSerializer.SerializeToUtf8Bytes(d))!)]);

    private readonly ImmutableArray<ApiObject> _objects;
    private readonly Dictionary<string, int> _positions = new(StringComparer.Ordinal);
    private readonly IncrementalTranslator _translator = new();
    private readonly ClusterState _state;
    private readonly ImmutableArray<Resource> _resources;
    private readonly ImmutableArray<(ObjectStatus Status, string Json)> _statuses;

    public FuzzWorld(string name, IEnumerable<JsonNode> subject)
    {
        Name = name;
        var objects = new List<ApiObject>();
        _subject = [.. subject.Select(d => (d, Add(Decode(JsonSerializer.SerializeToUtf8Bytes(d)), objects)))];
        foreach (ApiObject item in BystanderObjects.Value)
        {
            Assert.True(Add(item, objects) >= 0);
        }

        _objects = [.. objects];
        var state = new ClusterState { Objects = _objects, Addresses = AddressSpace.None with { Pools = ["127.80.0.0/22"] } };
        // As in a process that runs: what has an address keeps it.
        _state = state with { Addresses = state.Addresses with { Remembered = _translator.Translate(state).Addresses } };
        Translation translation = _translator.Translate(_state);
        _resources = [.. translation.Snapshot.Resources.Where(r => IsBystander(r.Id))];
        _statuses = [.. translation.Statuses.Where(IsBystander).Select(s => (s, s.Status.ToJsonString()))];
        Assert.Equal(Bystanders.Length * 10, _resources.Count(r => !r.Id.StartsWith("ca/", StringComparison.Ordinal)));
    }

    public string Name { get; }

    /// <summary>Of the subject.</summary>
    public int Documents => _subject.Length;

    public int Tried { get; private set; }

    /// <summary>How many of those that were tried the decoder took.</summary>
    public int StillValid { get; private set; }

    /// <summary>All that tests translate: the golden cases, and the upstream manifests when they are there.</summary>
    public static IEnumerable<FuzzWorld> All()
    {
        foreach (string folder in Directory.GetDirectories(GoldenCase.Root).Order(StringComparer.Ordinal))
        {
            yield return new FuzzWorld(Path.GetFileName(folder), YamlJson.Documents(File.ReadAllText(new GoldenCase(folder).InputFile)));
        }

        foreach (string stem in UpstreamManifests.Folder is null ? [] : UpstreamManifests.TestStems(UpstreamManifests.Release))
        {
            yield return new FuzzWorld(stem, UpstreamManifests.Test(UpstreamManifests.Release, stem));
        }
    }

    /// <summary>Bends one document, translates, and looks at everything that must hold.</summary>
    /// <returns>Null, or what does not hold.</returns>
    public string? Try(int seed)
    {
        var random = new Random(seed);
        (JsonNode document, int position) = _subject[random.Next(_subject.Length)];
        byte[] bent = new JsonMutation(random).Mutate(document);
        try
        {
            ApiObject? decoded = Decode(bent);
            Tried++;
            StillValid += decoded is null ? 0 : 1;
            ImmutableArray<ApiObject> objects = With(position, decoded);
            ClusterState state = _state with { Objects = objects };
            Translation translation = _translator.Translate(state);
            string? fault = Check(translation, isolated: !KindsForAll.Contains($"{document["kind"]}"));
            if (fault is null && seed % 64 == 0)
            {
                _ = GatewayTranslator.Check(state);
                fault = GatewayTranslator.Translate(state).Snapshot.Digest == translation.Snapshot.Digest
                    ? null
                    : "translated afresh it is another snapshot";
            }

            return fault is null ? null : Describe(seed, bent, fault);
        }
#pragma warning disable CA1031 // Whatever is thrown is the finding.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return Describe(seed, bent, e.ToString());
        }
    }

    private string Describe(int seed, byte[] bent, string fault) =>
        $"{Name}, seed {seed}: {fault}\n{System.Text.Encoding.UTF8.GetString(bent)}";

    private string? Check(Translation translation, bool isolated)
    {
        IReadOnlyList<string> unsound = SnapshotValidation.Check(translation.Snapshot);
        if (unsound.Count > 0)
        {
            return $"the snapshot is not sound: {string.Join("; ", unsound)}";
        }

        foreach (ObjectStatus status in translation.Statuses)
        {
            // Statuses are made when somebody looks.
            _ = status.Status;
        }

        return isolated ? CheckBystanders(translation) : null;
    }

    private string? CheckBystanders(Translation translation)
    {
        Resource[] resources = [.. translation.Snapshot.Resources.Where(r => IsBystander(r.Id))];
        if (!resources.SequenceEqual(_resources))
        {
            string[] other = [.. resources.Except(_resources).Concat(_resources.Except(resources)).Select(r => r.Id).Distinct()];
            return $"resources of a tenant that nobody touched are others now: {string.Join(", ", other)}";
        }

        ObjectStatus[] statuses = [.. translation.Statuses.Where(IsBystander)];
        for (int i = 0; i < Math.Max(statuses.Length, _statuses.Length); i++)
        {
            if (i >= statuses.Length || i >= _statuses.Length
                || (!ReferenceEquals(statuses[i], _statuses[i].Status) && statuses[i].Status.ToJsonString() != _statuses[i].Json))
            {
                return $"the status of {(i < _statuses.Length ? _statuses[i].Status.Name : statuses[i].Name)}, which nobody touched, is another now";
            }
        }

        return null;
    }

    /// <summary>As a folder of manifests would have it: a bad object is not there, of two with one name the first counts.</summary>
    private ImmutableArray<ApiObject> With(int position, ApiObject? bent)
    {
        bool taken = bent is not null && _positions.TryGetValue(KeyOf(bent), out int other) && other != position;
        if (position < 0)
        {
            return bent is null || taken ? _objects : _objects.Insert(0, bent);
        }

        return bent is null || taken ? _objects.RemoveAt(position) : _objects.SetItem(position, bent);
    }

    private int Add(ApiObject? item, List<ApiObject> objects)
    {
        if (item is not null && _positions.TryAdd(KeyOf(item), objects.Count))
        {
            objects.Add(item);
            return objects.Count - 1;
        }

        return -1;
    }

    private static ApiObject? Decode(byte[] utf8)
    {
        using JsonDocument json = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = 256 });
        return ApiDecoder.Decode(json.RootElement).Decoded;
    }

    private static IEnumerable<JsonNode> BystanderDocuments(string tenant)
    {
        string file = Path.Combine(GoldenCase.Root, "..", "Fuzz", "bystander.yaml");
        foreach (JsonNode document in YamlJson.Documents(File.ReadAllText(file).Replace("TENANT", tenant, StringComparison.Ordinal)))
        {
            yield return document;
        }

        foreach (JsonNode document in SuiteCertificates.Objects.Where(o =>
            (string?)o["metadata"]!["name"] is "tls-terminate-checks-certificate" or "tls-checks-ca-certificate"))
        {
            document["metadata"]!["namespace"] = tenant;
            yield return document;
        }
    }

    private static string KeyOf(ApiObject item) => $"{item.Group}|{item.Kind}|{item.Meta.Key}";

    private static bool IsBystander(string id) => Array.Exists(Bystanders, tenant => id.Contains(tenant, StringComparison.Ordinal));

    private static bool IsBystander(ObjectStatus status) => IsBystander(status.Namespace) || IsBystander(status.Name);
}
