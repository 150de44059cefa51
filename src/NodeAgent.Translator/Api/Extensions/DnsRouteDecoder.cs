using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using NodeAgent.Translator.Api.Decoding;

namespace NodeAgent.Translator.Api.Extensions;

internal static partial class DnsRouteDecoder
{
    private const int DefaultTtl = 300;
    private const int DefaultTimeoutMs = 2000;
    private const int LeastTimeoutMs = 10;
    private const int MostTimeoutMs = 60_000;

    private static readonly string[] QueryTypes =
        ["A", "AAAA", "ANY", "CAA", "CNAME", "HTTPS", "MX", "NAPTR", "NS", "PTR", "SOA", "SRV", "SVCB", "TXT"];

    private static readonly TextRule QueryType = AnyOf(QueryTypes);

    private static readonly TextRule QueryName =
        new(1, 253, NamePattern(), "a lower-case domain name of labels of at most 63 characters, optionally beginning with '*.'");

    private static readonly TextRule Value = new(1, 1024, null, "text of 1 to 1024 characters");

    public static DnsRoute Read(FieldReader document, ObjectMeta meta) =>
        document.RequiredObject("spec", spec =>
        {
            ImmutableArray<ParentRef> parents = RouteDecoder.Parents(spec);
            ImmutableArray<DnsRouteRule> rules = spec.List("rules", 1, RouteDecoder.MaxRules, Rule);
            if (spec.Clean)
            {
                RouteDecoder.CheckRuleNames(spec, [.. rules.Select(r => r.Name)]);
            }

            return new DnsRoute(meta, parents, rules);
        }) ?? new DnsRoute(meta, [], []);

    private static DnsRouteRule Rule(FieldReader rule)
    {
        string? name = rule.OptionalText("name", TextRules.SectionName);
        ImmutableArray<string> names = rule.Set("names", 0, 64, QueryName);
        ImmutableArray<string> types = rule.Set("types", 0, 16, QueryType);
        string? refuse = rule.Has("refuse") ? rule.Choice("refuse", null, "Refused", "NXDomain") : null;
        ImmutableArray<DnsRouteRecord> answer = rule.List("answer", 0, 16, Record);
        ImmutableArray<BackendRef> backends = rule.List("backendRefs", 0, 16, RouteDecoder.Backend);
        long timeout = rule.OptionalDuration("timeout") ?? DefaultTimeoutMs;
        if (rule.Clean)
        {
            int parts = (refuse is null ? 0 : 1) + (answer.IsEmpty ? 0 : 1) + (backends.IsEmpty ? 0 : 1);
            if (parts != 1)
            {
                rule.ReportAt(rule.Path, parts == 0 ? "does nothing" : "does several things", "needs exactly one of refuse, answer and backendRefs");
            }
            else if (answer.Length > 1 && answer.Any(r => r.Type == "CNAME"))
            {
                rule.Report("answer", "has a CNAME beside other records", "an alias stands alone");
            }
            else if (timeout is < LeastTimeoutMs or > MostTimeoutMs)
            {
                rule.Report("timeout", $"is {timeout} ms", "must be from 10ms to 1m");
            }
        }

        return new DnsRouteRule(name, names, types, refuse, answer, backends, (int)Math.Clamp(timeout, LeastTimeoutMs, MostTimeoutMs));
    }

    private static DnsRouteRecord Record(FieldReader record)
    {
        var result = new DnsRouteRecord(
            record.Choice("type", null, "A", "AAAA", "CNAME", "TXT"),
            record.OptionalInt("ttl", 0, int.MaxValue) ?? DefaultTtl,
            record.Text("value", Value));
        string? allowed = result.Type switch
        {
            "A" when !IsAddress(result.Value, AddressFamily.InterNetwork) => "must be an IPv4 address",
            "AAAA" when !IsAddress(result.Value, AddressFamily.InterNetworkV6) => "must be an IPv6 address",
            "CNAME" when !QueryName.Takes(result.Value) || result.Value.StartsWith('*') => "must be a lower-case domain name",
            _ => null,
        };
        if (record.Clean && allowed is not null)
        {
            record.Report("value", $"is {FieldReader.Quote(result.Value)}", $"{allowed}, as type {result.Type} has it");
        }

        return result;
    }

    private static bool IsAddress(string text, AddressFamily family) =>
        IpText.TryParse(text, out IPAddress? address) && address.AddressFamily == family;

    private static TextRule AnyOf(string[] words) =>
        new(1, 5, new Regex($"^({string.Join('|', words)})\\z", RegexOptions.CultureInvariant), $"one of {string.Join(", ", words)}");

    [GeneratedRegex(@"^(\*\.)?[a-z0-9_]([-a-z0-9_]{0,61}[a-z0-9_])?(\.[a-z0-9_]([-a-z0-9_]{0,61}[a-z0-9_])?)*\z")]
    private static partial Regex NamePattern();
}
