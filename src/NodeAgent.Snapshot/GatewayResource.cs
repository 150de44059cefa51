using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace NodeAgent.Snapshot;

/// <summary>A Gateway that may be served: its addresses (VIPs) and those of its listeners that are valid.</summary>
/// <param name="Addresses">IP addresses in their canonical text form; every listener serves on every one of them.</param>
/// <param name="Listeners">
/// The Gateway's own under their plain names, those of its ListenerSets as <c>NS/NAME/LISTENER</c>. A request on a
/// reused TLS connection is misdirected (421) when, among the listeners of the connection's port, its host selects
/// another one than the connection's server name did: port and hostname here are all that takes.
/// </param>
/// <param name="BackendClientCertificate">
/// A <see cref="CertificateResource"/> id: what is shown to every backend that speaks TLS and asks; null shows none.
/// </param>
/// <param name="Parameters">Null when neither the class nor the Gateway sets any.</param>
public sealed record GatewayResource(
    string Namespace,
    string Name,
    ImmutableArray<string> Addresses,
    ImmutableArray<ListenerConfig> Listeners,
    string? BackendClientCertificate = null,
    ParametersConfig? Parameters = null) : Resource
{
    [JsonIgnore]
    public override string Id => IdOf(Namespace, Name);

    /// <summary>How routes name their Gateway: <c>NS/NAME</c>.</summary>
    [JsonIgnore]
    public string Key => $"{Namespace}/{Name}";

    public static string IdOf(string ns, string name) => IdOf($"{ns}/{name}");

    /// <param name="key"><c>NS/NAME</c>.</param>
    public static string IdOf(string key) => $"gateway/{key}";

    public bool Equals(GatewayResource? other) => base.Equals(other);

    public override int GetHashCode() => base.GetHashCode();
}

/// <param name="Name">Unique in the Gateway; routes and statuses name the listener by it.</param>
/// <param name="Port">1..65535. UDP ports are a number space of their own.</param>
/// <param name="Hostname">Lower case, may start with <c>*.</c>; null takes every host (facts: unset = all).</param>
/// <param name="Tls">Set for Https and Tls, null for the others.</param>
public sealed record ListenerConfig(
    string Name, int Port, ListenerProtocol Protocol, string? Hostname = null, ListenerTlsConfig? Tls = null)
{
    /// <summary>
    /// A wildcard, here and in the hostnames of routes, stands for exactly one label, as in the original Service APIs;
    /// else for one or more. All listeners of a Gateway agree.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool SingleLabelWildcards { get; init; }
}

public enum ListenerProtocol
{
    Http,
    Tcp,

    /// <summary>HTTP within TLS that ends here.</summary>
    Https,

    /// <summary>Connections chosen by server name: passed on as they are, or as the bytes within TLS that ends here.</summary>
    Tls,
    Udp,
}
