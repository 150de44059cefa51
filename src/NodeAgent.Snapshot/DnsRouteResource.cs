using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace NodeAgent.Snapshot;

/// <summary>
/// A DNSRoute as accepted by at least one UDP or TCP listener. Of all rules on a listener the most specific name decides: exact, then
/// the longest suffix, then any name; then rules with types before those without, then the older route, then the lower index.
/// </summary>
/// <param name="CreatedAt">Unix seconds; then the lower NS/NAME.</param>
public sealed record DnsRouteResource(
    string Namespace,
    string Name,
    long CreatedAt,
    ImmutableArray<RouteParent> Parents,
    ImmutableArray<DnsRule> Rules) : Resource
{
    [JsonIgnore]
    public override string Id => IdOf(Namespace, Name);

    public static string IdOf(string ns, string name) => $"route/DNSRoute/{ns}/{name}";

    public bool Equals(DnsRouteResource? other) => base.Equals(other);

    public override int GetHashCode() => base.GetHashCode();
}

/// <summary>What becomes of matching queries: refused, answered from the rule, or forwarded.</summary>
/// <param name="Index">Position in the DNSRoute's spec.rules.</param>
/// <param name="Names">Lower case, exact or <c>*.suffix</c> (any name below it); empty matches all.</param>
/// <param name="Types">Query types as numbers (1 = A, 28 = AAAA ...); empty matches all.</param>
/// <param name="Refuse">Set: the rule answers so.</param>
/// <param name="Answer">Set: the rule answers these, those of the asked type, or the CNAME.</param>
/// <param name="Backends">Used when neither is set; weights count per query.</param>
/// <param name="TimeoutMs">For one endpoint to answer; then another is asked, then the client is told SERVFAIL.</param>
public sealed record DnsRule(
    int Index,
    ImmutableArray<string> Names,
    ImmutableArray<int> Types,
    DnsRefusal? Refuse,
    ImmutableArray<DnsRecord>? Answer,
    ImmutableArray<BackendShare> Backends,
    int TimeoutMs = 2000);

public enum DnsRefusal
{
    /// <summary>RCODE 5: this server does not answer that.</summary>
    Refused,

    /// <summary>RCODE 3: the name does not exist.</summary>
    NxDomain,
}

/// <param name="Ttl">Seconds, 0..2,147,483,647.</param>
/// <param name="Value">An IP address, a host name, or text, as <paramref name="Type"/> has it.</param>
public sealed record DnsRecord(DnsRecordType Type, int Ttl, string Value);

public enum DnsRecordType
{
    A,
    Aaaa,
    Cname,
    Txt,
}
