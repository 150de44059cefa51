using System.Collections.Immutable;
using System.Net;

namespace NodeAgent.DataPlane;

/// <summary>What an operator may set of the data plane; all of it is fixed for the life of the process.</summary>
public sealed record DataPlaneOptions
{
    /// <summary>Worker threads, 1..256; each has its own epoll and its own listening sockets.</summary>
    public int Workers { get; init; } = Math.Clamp(Environment.ProcessorCount, 1, 256);

    /// <summary>How long a connection to one endpoint may take before the next is tried.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a backend may be silent while we wait for its answer; then 504, or the answer is cut off.</summary>
    public TimeSpan BackendTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a client may take to send a request head; also how long a kept-alive connection may be silent.</summary>
    public TimeSpan ClientTimeout { get; init; } = TimeSpan.FromSeconds(75);

    /// <summary>TCP connections without a byte either way for this long are closed; zero never closes them.</summary>
    public TimeSpan TcpIdleTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long connections of a removed listener may go on.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Absolute folders below which StaticFiles may serve folders of this node; empty: they may serve none.</summary>
    public ImmutableArray<string> StaticRoots { get; init; } = [];

    /// <summary>
    /// Whether names of backends may lead to addresses that only this node reaches. Not where whoever writes the names
    /// is not who runs the node: a name may lead anywhere, and be made to lead elsewhere later.
    /// </summary>
    public bool NodeOnlyBackends { get; init; } = true;

    /// <summary>How host names of backends become addresses; never called on a worker.</summary>
    internal Func<string, CancellationToken, Task<IPAddress[]>> LookUp { get; init; } =
        static (name, cancel) => System.Net.Dns.GetHostAddressesAsync(name, cancel);

    /// <summary>Where access log lines go: null for nowhere, "-" for standard output, else a file that is appended to.</summary>
    public string? AccessLog { get; init; } = "-";
}
