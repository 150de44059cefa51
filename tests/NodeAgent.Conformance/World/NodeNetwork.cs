using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace NodeAgent.Conformance.World;

/// <summary>
/// A node and its pods in network namespaces of their own, beside the namespace of the test, which is the client:
/// <code>
/// test --veth-- node --bridge--veth-- pods
/// 198.19.N.253  198.19.N.254, 198.18.N.1   198.18.N.10 and up
/// </code>
/// The addresses of the pool, 198.19.N.0/25, are routed to the node and held by nobody: what the node agent does with
/// them is what a client off the node sees. N is taken by a lock that ends with the process, so runs do not meet; what
/// runs that died have left behind is removed first.
/// </summary>
public sealed partial class NodeNetwork : IDisposable
{
    private const string Prefix = "nodeagent-conf-";
    private const int FirstPod = 10;
    private const int LastPod = 250;

    private readonly Socket _lock;
    private readonly int _number;

    private NodeNetwork(Socket numberLock, int number)
    {
        _lock = numberLock;
        _number = number;
    }

    /// <summary>Null where such networks can be made, else why not.</summary>
    public static string? Unavailable { get; } = Probe();

    /// <summary>Where the API server listens: the test's end of the veth pair.</summary>
    public IPAddress HostAddress => Block(19, 253);

    public IPAddress NodeAddress => Block(19, 254);

    /// <summary>What Gateways get addresses from: 126 of them.</summary>
    public string AddressPool => $"{Block(19, 0)}/25";

    /// <summary>Routed to the node and outside the <see cref="AddressPool"/>: for a Gateway that names its address.</summary>
    public IPAddress UsableAddress => Block(19, 200);

    /// <summary>The addresses that pods may have.</summary>
    public IEnumerable<IPAddress> PodAddresses => Enumerable.Range(FirstPod, LastPod - FirstPod + 1).Select(n => Block(18, n));

    private string NodeNamespace => $"{Prefix}{_number}";

    private string PodNamespace => $"{Prefix}{_number}-pods";

    private string HostLink => HostLinkOf(_number);

    /// <exception cref="InvalidOperationException">It can't be made; see <see cref="Unavailable"/>.</exception>
    public static NodeNetwork Create()
    {
        foreach (int left in Existing())
        {
            if (TryLock(left) is Socket abandoned)
            {
                Remove(left);
                abandoned.Dispose();
            }
        }

        int start = Random.Shared.Next(256);
        for (int i = 0; i < 256; i++)
        {
            int number = (start + i) % 256;
            if (TryLock(number) is Socket taken)
            {
                var network = new NodeNetwork(taken, number);
                try
                {
                    network.Build();
                    return network;
                }
                catch
                {
                    network.Dispose();
                    throw;
                }
            }
        }

        throw new InvalidOperationException("all 256 networks are in use");
    }

    /// <summary>How to start a process that has the node's network.</summary>
    public ProcessStartInfo InNode(string file, IEnumerable<string> arguments) => In(NodeNamespace, file, arguments);

    /// <summary>How to start a process that has the pods' network.</summary>
    public ProcessStartInfo InPods(string file, IEnumerable<string> arguments) => In(PodNamespace, file, arguments);

    public void Dispose()
    {
        Remove(_number);
        _lock.Dispose();
    }

    private static ProcessStartInfo In(string networkNamespace, string file, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("ip", ["netns", "exec", networkNamespace, file, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // The tests may run on a runtime that is not installed where the executable would look for one.
        start.Environment["DOTNET_ROOT"] = Path.GetDirectoryName(Environment.ProcessPath);
        return start;
    }

    private void Build()
    {
        IpCommand.Run("-batch -", $"""
            netns add {NodeNamespace}
            netns add {PodNamespace}
            link add {HostLink} type veth peer name uplink netns {NodeNamespace}
            addr add {HostAddress}/30 dev {HostLink}
            link set {HostLink} up
            route add {AddressPool} via {NodeAddress}
            route add {UsableAddress}/32 via {NodeAddress}

            """);
        IpCommand.Run($"-n {NodeNamespace} -batch -", $"""
            link set lo up
            addr add {NodeAddress}/30 dev uplink
            link set uplink up
            link add br0 type bridge
            addr add {Block(18, 1)}/24 dev br0
            link set br0 up
            link add pods type veth peer name eth0 netns {PodNamespace}
            link set pods master br0 up
            route add default via {HostAddress}

            """);
        IpCommand.Run(
            $"-n {PodNamespace} -batch -",
            $"link set lo up\nlink set eth0 up\n{string.Concat(PodAddresses.Select(a => $"addr add {a}/24 dev eth0\n"))}route add default via {Block(18, 1)}\n");
    }

    private IPAddress Block(int second, int last) => new([198, (byte)second, (byte)_number, (byte)last]);

    private static string HostLinkOf(int number) => $"nconf{number}";

    /// <summary>Kills what lives in the namespaces, which can only be processes that were started there, and removes them.</summary>
    private static void Remove(int number)
    {
        foreach (string name in (string[])[$"{Prefix}{number}", $"{Prefix}{number}-pods"])
        {
            (int code, string pids, _) = IpCommand.Try($"netns pids {name}");
            foreach (string pid in code == 0 ? pids.Split('\n', StringSplitOptions.RemoveEmptyEntries) : [])
            {
                try
                {
                    using var process = Process.GetProcessById(int.Parse(pid, CultureInfo.InvariantCulture));
                    process.Kill();
                    process.WaitForExit();
                }
                catch (Exception e) when (e is ArgumentException or InvalidOperationException)
                {
                    // It has ended by itself.
                }
            }

            IpCommand.Try($"netns del {name}");
        }

        IpCommand.Try($"link del {HostLinkOf(number)}");
    }

    /// <summary>The numbers of all networks that are there, in use or left behind.</summary>
    private static IEnumerable<int> Existing() => IpCommand.Run("netns list").Split('\n')
        .Select(line => Name().Match(line)).Where(m => m.Success)
        .Select(m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture)).Distinct();

    /// <summary>A name in the abstract space of Unix sockets: gone with the process, whatever becomes of it.</summary>
    private static Socket? TryLock(int number)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint($"\0{Prefix}{number}"));
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    private static string? Probe()
    {
        string name = $"{Prefix}probe-{Environment.ProcessId}";
        try
        {
            (int code, _, string errors) = IpCommand.Try($"netns add {name}");
            if (code != 0)
            {
                return $"needs root and network namespaces: {errors.Trim()}";
            }

            IpCommand.Try($"netns del {name}");
            return null;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return $"needs ip(8): {e.Message}";
        }
    }

    [GeneratedRegex($"^{Prefix}([0-9]+)(-pods)?( |$)")]
    private static partial Regex Name();
}
