using System.Collections.Immutable;
using System.CommandLine;
using NodeAgent.Agent;
using NodeAgent.Controller.Sources.Manifests;
using NodeAgent.Translator;

namespace NodeAgent.Commands;

/// <summary>The flags of the verbs that say what a folder means without serving it.</summary>
internal sealed class OfflineFlags
{
    private readonly Option<string?> _manifests;
    private readonly Option<ImmutableArray<string>> _pools;
    private readonly Option<string> _output;

    /// <param name="formats">Of <c>--output</c>; the first where the flag is not given.</param>
    public OfflineFlags(CommandContext context, Command command, params string[] formats)
    {
        _manifests = ManifestFlags.Folder(context);
        _pools = ManifestFlags.AddressPools(context);
        _output = Flag.Create(
            context, "--output", "FORMAT", $"{string.Join(" or ", formats)}.", formats[0], FlagParsers.OneOf(formats));
        _output.Aliases.Add("-o");
        command.Add(_manifests);
        command.Add(_pools);
        command.Add(_output);
    }

    public string Folder(ParseResult parsed) => parsed.GetValue(_manifests)!;

    public string Output(ParseResult parsed) => parsed.GetValue(_output)!;

    /// <summary>What <c>run</c> would translate, had every listener been bound.</summary>
    public ClusterState State(ParseResult parsed, ManifestRead read) => new()
    {
        Objects = read.Objects,
        Addresses = AddressSpace.None with { Pools = parsed.GetValue(_pools) },
        Features = ServedFeatures.Today,
    };
}
