using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;

namespace NodeAgent.Commands;

/// <summary>The flags of every verb that reads a folder of manifests.</summary>
internal static class ManifestFlags
{
    public static Option<string?> Folder(CommandContext context)
    {
        Option<string?> option = Folder(context, "(required)");
        Func<ArgumentResult, string?> fromEnvironment = option.DefaultValueFactory!;
        option.DefaultValueFactory = result =>
        {
            string? folder = fromEnvironment(result);
            if (folder is null && !result.Errors.Any())
            {
                result.AddError("--manifests DIR is required");
            }

            return folder;
        };
        return option;
    }

    /// <param name="rule">When it has to be given.</param>
    public static Option<string?> Folder(CommandContext context, string rule) => Flag.Create<string?>(
        context, "--manifests", "DIR", $"Folder of .yaml, .yml and .json files, read recursively {rule}.", null, FlagParsers.ExistingFolder);

    public static Option<ImmutableArray<string>> AddressPools(CommandContext context) => Flag.CreateMany(
        context, "--address-pool", "CIDR", "Addresses for Gateways without spec.addresses; may be given several times.", FlagParsers.Cidr);
}
