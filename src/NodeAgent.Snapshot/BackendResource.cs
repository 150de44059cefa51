using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace NodeAgent.Snapshot;

/// <summary>One port of a Service with the endpoints that are ready for it.</summary>
/// <param name="Port">The Service port, 1..65535.</param>
/// <param name="Endpoints">Sorted by address, then port. Empty: requests are answered 503, connections reset.</param>
public sealed record BackendResource(
    string Namespace,
    string Service,
    int Port,
    BackendProtocol Protocol,
    ImmutableArray<Endpoint> Endpoints) : Resource
{
    /// <summary>Host names whose addresses are endpoints beside <see cref="Endpoints"/>; null when there are none.</summary>
    public ImmutableArray<ResolvedHost>? Hostnames { get; init; }

    /// <summary>What a BackendSettings asks for; null when none targets this port.</summary>
    public BackendSettingsConfig? Settings { get; init; }

    [JsonIgnore]
    public override string Id => IdOf(Namespace, Service, Port);

    public static string IdOf(string ns, string service, int port) => $"backend/{ns}/{service}/{port}";

    public bool Equals(BackendResource? other) => base.Equals(other);

    public override int GetHashCode() => base.GetHashCode();
}

/// <param name="Address">An IP address in its canonical text form.</param>
/// <param name="Port">1..65535.</param>
public sealed record Endpoint(string Address, int Port);

/// <summary>A host name that the agent itself resolves, again and again: its addresses come and go without a new snapshot.</summary>
/// <param name="Name">Lower case, without a trailing dot.</param>
/// <param name="Port">1..65535, of each address.</param>
/// <param name="IntervalMs">Between two resolutions, at least 1,000 (the resolver does not tell how long an answer holds).</param>
public sealed record ResolvedHost(string Name, int Port, int IntervalMs);

/// <summary>From the Service port's appProtocol; HTTP/1.1 unless it says otherwise.</summary>
public enum BackendProtocol
{
    Http1,
    Http2,
}
