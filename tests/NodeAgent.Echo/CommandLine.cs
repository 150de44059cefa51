using System.Collections.Immutable;
using System.Net;

namespace NodeAgent.Echo;

/// <summary>The flags of <c>nodeagent-echo</c>; the environment gives the identity that no flag gives.</summary>
/// <param name="Pods">Carry pods as standard input says.</param>
internal sealed record CommandLine(EchoOptions Options, bool Quiet, bool Help, string? Problem, bool Pods = false)
{
    public const string Usage = """
        nodeagent-echo [--http ADDRESS:PORT]... [--h2c ADDRESS:PORT]... [--tcp ADDRESS:PORT]... [--udp ADDRESS:PORT]...
                       [--name POD] [--namespace NS] [--service NAME] [--ingress NAME] [--quiet]
        nodeagent-echo --pods

        Answers every request with what it saw, as JSON. Port 0 takes a free port.
        Prints "listening PROTOCOL ADDRESS:PORT" on stdout for each socket once it takes connections.
        With --pods it carries pods as lines of JSON on stdin say ({"start": POD} or {"stop": "NS/NAME"}), until stdin ends.
        NAMESPACE, POD_NAME, SERVICE_NAME and INGRESS_NAME give the identity where no flag does.
        """;

    public static CommandLine Parse(IReadOnlyList<string> args, Func<string, string?> environment)
    {
        Dictionary<string, List<IPEndPoint>> sockets = new(StringComparer.Ordinal)
        {
            ["--http"] = [],
            ["--h2c"] = [],
            ["--tcp"] = [],
            ["--udp"] = [],
        };
        EchoIdentity identity = EchoIdentity.FromEnvironment(environment);
        bool quiet = false;
        for (int i = 0; i < args.Count; i++)
        {
            (string flag, string? value) = Split(args[i]);
            if (flag is "--help" or "-h")
            {
                return new CommandLine(new EchoOptions(), Quiet: false, Help: true, Problem: null);
            }

            if (flag is "--pods")
            {
                return new CommandLine(new EchoOptions(), Quiet: true, Help: false, Problem: null, Pods: true);
            }

            if (flag is "--quiet")
            {
                quiet = true;
                continue;
            }

            value ??= i + 1 < args.Count ? args[++i] : null;
            if (value is null)
            {
                return Wrong($"{flag} needs a value");
            }

            if (sockets.TryGetValue(flag, out List<IPEndPoint>? list))
            {
                if (!IPEndPoint.TryParse(value, out IPEndPoint? endpoint))
                {
                    return Wrong($"{flag} {value}: want ADDRESS:PORT with an IP address and a port of 0-65535");
                }

                list.Add(endpoint);
                continue;
            }

            EchoIdentity? named = flag switch
            {
                "--name" => identity with { Pod = value },
                "--namespace" => identity with { Namespace = value },
                "--service" => identity with { Service = value },
                "--ingress" => identity with { Ingress = value },
                _ => null,
            };
            if (named is null)
            {
                return Wrong($"unknown flag {flag}");
            }

            identity = named;
        }

        EchoOptions options = new()
        {
            Http = [.. sockets["--http"]],
            H2c = [.. sockets["--h2c"]],
            Tcp = [.. sockets["--tcp"]],
            Udp = [.. sockets["--udp"]],
            Identity = identity,
        };
        bool nothing = options.Http.IsEmpty && options.H2c.IsEmpty && options.Tcp.IsEmpty && options.Udp.IsEmpty;
        return nothing ? Wrong("nothing to serve: give at least one socket") : new CommandLine(options, quiet, Help: false, Problem: null);
    }

    private static CommandLine Wrong(string problem) => new(new EchoOptions(), Quiet: false, Help: false, problem);

    private static (string Flag, string? Value) Split(string arg)
    {
        int equals = arg.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (arg, null) : (arg[..equals], arg[(equals + 1)..]);
    }
}
