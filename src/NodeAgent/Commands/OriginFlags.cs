using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using NodeAgent.Agent;

namespace NodeAgent.Commands;

/// <summary>The flags that say where the configuration comes from: a folder, or a cluster.</summary>
internal sealed class OriginFlags
{
    /// <summary>Instead of a file: the service account of the pod.</summary>
    private const string InCluster = "in-cluster";

    private readonly CommandContext _environment;
    private readonly Option<string?> _manifests;
    private readonly Option<string?> _kubeconfig;
    private readonly Option<string?> _context;
    private readonly Option<ImmutableArray<string>> _namespaces;
    private readonly Option<int?> _requestsPerSecond;
    private readonly Option<string?> _leaseNamespace;
    private readonly Option<string?> _leaseName;

    public OriginFlags(CommandContext context, Command command)
    {
        _environment = context;
        _manifests = ManifestFlags.Folder(context, "(this or --kubeconfig is required)");
        _kubeconfig = Flag.Create<string?>(
            context, "--kubeconfig", "FILE", $"Serve a cluster: a kubeconfig file, or {InCluster} for the service account of the pod.", null, Kubeconfig);
        _context = Flag.Create<string?>(
            context, "--context", "NAME", "Context of the kubeconfig file; its current one unless set.", null, FlagParsers.Text);
        _namespaces = Flag.CreateMany(
            context, "--watch-namespaces", "NAMES", "Namespaces of the cluster to look at, with commas between; all unless set.", Namespaces);
        _requestsPerSecond = Flag.Create<int?>(
            context, "--kube-api-qps", "N", "Requests to the API server each second, in the long run; twice as many at once.", 200, FlagParsers.Int(1, 10_000));
        _leaseNamespace = Flag.Create<string?>(
            context, "--lease-namespace", "NAME",
            $"Where the Lease of the process that writes statuses is; {LeasePlace.DefaultNamespace} unless set, or the context's namespace where that is missing.",
            null, FlagParsers.Text);
        _leaseName = Flag.Create<string?>(
            context, "--lease-name", "NAME", "Name of that Lease.", LeasePlace.DefaultName, FlagParsers.Text);
        foreach (Option option in new Option[] { _manifests, _kubeconfig, _context, _namespaces, _requestsPerSecond, _leaseNamespace, _leaseName })
        {
            command.Add(option);
        }

        command.Validators.Add(Check);
    }

    public OriginOptions Options(ParseResult parsed) => parsed.GetValue(_kubeconfig) is string kubeconfig && !IsFolder(parsed.GetResult)
        ? new ClusterOptions(
            kubeconfig == InCluster ? null : kubeconfig,
            parsed.GetValue(_context),
            [.. parsed.GetValue(_namespaces).SelectMany(n => n.Split(',')).Distinct(StringComparer.Ordinal)],
            parsed.GetValue(_requestsPerSecond)!.Value,
            parsed.GetValue(_leaseNamespace),
            parsed.GetValue(_leaseName)!)
        : new FolderOptions(parsed.GetValue(_manifests)!);

    /// <summary>Looks at what was said, not at whether it makes sense: a value that makes none is told of by its flag.</summary>
    private void Check(CommandResult result)
    {
        (bool manifests, bool kubeconfig) = (IsGiven(result.GetResult(_manifests)), IsGiven(result.GetResult(_kubeconfig)));
        if (!manifests && !kubeconfig)
        {
            manifests = Flag.HasVariable(_environment, _manifests.Name);
            kubeconfig = Flag.HasVariable(_environment, _kubeconfig.Name);
        }

        if (manifests == kubeconfig)
        {
            result.AddError(manifests
                ? "--manifests and --kubeconfig exclude each other: the configuration comes from one of them"
                : "--manifests DIR or --kubeconfig FILE is required");
        }
    }

    /// <summary>A flag wins over the variable of the other.</summary>
    private bool IsFolder(Func<Option, OptionResult?> resultOf) => IsGiven(resultOf(_manifests));

    private static bool IsGiven(OptionResult? result) => result is { Implicit: false };

    private static Parsed<string?> Kubeconfig(string text) => text == InCluster ? new(text) : FlagParsers.ExistingFile(text);

    private static Parsed<string> Namespaces(string text) =>
        text.Split(',').Select(FlagParsers.Label).FirstOrDefault(n => n.Error is not null) is { Error: string error } ? new("", error) : new(text);
}
