using System.Collections.Immutable;
using NodeAgent.Controller.Sources.Manifests;
using NodeAgent.Snapshot;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace NodeAgent.Translator.Tests.Golden;

/// <summary>
/// One folder of testdata: in.yaml (manifests), optionally state.yaml (what a cluster state has beside objects), and
/// what they translate to: snapshot.yaml and status.yaml.
/// </summary>
internal sealed record GoldenCase(string Folder)
{
    private const string DefaultPool = "127.80.0.0/24";

    /// <summary>The source folder, so that an update reaches the files under version control.</summary>
    public static string Root { get; } = Path.Combine(
        AppContext.BaseDirectory[..AppContext.BaseDirectory.IndexOf($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}", StringComparison.Ordinal)],
        "testdata");

    public string InputFile => Path.Combine(Folder, "in.yaml");

    public ClusterState ReadState()
    {
        ManifestRead read = ManifestText.Read("in.yaml", File.ReadAllText(InputFile));
        Assert.Empty(read.Problems.Select(p => p.ToString()));
        Assert.Empty(read.Ignored.Select(i => i.ToString()));
        string stateFile = Path.Combine(Folder, "state.yaml");
        StateFile state = File.Exists(stateFile) ? Deserialize(File.ReadAllText(stateFile)) : new StateFile();
        return new ClusterState
        {
            Objects = read.Objects,
            Addresses = new AddressSpace([.. state.AddressPools], state.Remembered.ToImmutableSortedDictionary(r => r.Key, r => PoolAddresses.Of(r.Value.Split(' ')))),
            Features = Enum.Parse<DataPlaneFeatures>(state.Features),
            InCluster = state.InCluster,
        };
    }

    /// <summary>File name to the text that it should have.</summary>
    public static IReadOnlyDictionary<string, string> Render(Translation translation) => new Dictionary<string, string>
    {
        ["snapshot.yaml"] = JsonAsYaml.Write(SnapshotCodec.ToPrintableJson(translation.Snapshot)),
        ["status.yaml"] = string.Join("---\n", translation.Statuses.Select(JsonAsYaml.Write)),
    };

    private static StateFile Deserialize(string yaml) =>
        new DeserializerBuilder().WithNamingConvention(CamelCaseNamingConvention.Instance).Build().Deserialize<StateFile>(yaml);

    private sealed class StateFile
    {
        public string[] AddressPools { get; set; } = [DefaultPool];

        /// <summary>One address, or one of each family with a blank between.</summary>
        public Dictionary<string, string> Remembered { get; set; } = [];

        /// <summary>What the data plane serves: names of <see cref="DataPlaneFeatures"/>, with commas between.</summary>
        public string Features { get; set; } = nameof(DataPlaneFeatures.All);

        /// <inheritdoc cref="ClusterState.InCluster"/>
        public bool InCluster { get; set; }
    }
}
