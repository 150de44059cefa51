using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace NodeAgent.Snapshot;

/// <summary>A Gateway that may be served: its addresses (VIPs) and those of its listeners that are valid.</summary>
/// <param name="Addresses">IP addresses in their canonical text form; every listener serves on every one of them.</param>
public sealed record GatewayResource(
    string Namespace,
    string Name,
    ImmutableArray<string> Addresses,
    ImmutableArray<ListenerConfig> Listeners) : Resource
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
/// <param name="Port">1..65535.</param>
/// <param name="Hostname">Lower case, may start with <c>*.</c>; null takes every host (facts: unset = all).</param>
public sealed record ListenerConfig(string Name, int Port, ListenerProtocol Protocol, string? Hostname = null);

public enum ListenerProtocol
{
    Http,
    Tcp,
}
