using System.Net;
using System.Text.RegularExpressions;
using NodeAgent.Translator.Api.Decoding;

namespace NodeAgent.Translator.Api.Extensions;

internal static partial class EndpointGroupDecoder
{
    private const int DefaultIntervalMs = 30_000;

    private static readonly TextRule Address = new(2, 45, AddressText(), "an IPv4 or IPv6 address");

    public static EndpointGroup Read(FieldReader document, ObjectMeta meta) =>
        document.RequiredObject("spec", spec =>
        {
            var group = new EndpointGroup(
                meta,
                spec.Int("port", 1, 65535),
                spec.Choice("appProtocol", "HTTP", "HTTP", "H2C"),
                spec.List("endpoints", 0, 256, Endpoint),
                spec.List("hostnames", 0, 16, Hostname));
            if (spec.Clean && group is { Endpoints.IsEmpty: true, Hostnames.IsEmpty: true })
            {
                spec.ReportAt(spec.Path, "has no endpoint", "needs endpoints, hostnames or both");
            }

            return group;
        }) ?? new EndpointGroup(meta, 1, "HTTP", [], []);

    private static GroupEndpoint Endpoint(FieldReader endpoint)
    {
        string text = endpoint.Text("address", Address);
        int? port = endpoint.OptionalInt("port", 1, 65535);
        if (!IpText.TryParse(text, out IPAddress? address))
        {
            if (endpoint.Clean)
            {
                endpoint.Report("address", $"is {FieldReader.Quote(text)}", $"must be {Address.Allowed}");
            }

            return new GroupEndpoint(text, port);
        }

        return new GroupEndpoint(address.ToString(), port);
    }

    private static GroupHostname Hostname(FieldReader hostname)
    {
        string name = hostname.Text("name", TextRules.PreciseHostname);
        long interval = hostname.OptionalDuration("interval") ?? DefaultIntervalMs;
        if (hostname.Clean && name.EndsWith(".cluster.local", StringComparison.Ordinal))
        {
            // It would lead past every ReferenceGrant (CVE-2021-25740).
            hostname.Report("name", $"is {FieldReader.Quote(name)}", "names of the cluster are reached by a reference to their Service");
        }

        if (hostname.Clean && interval is < 1000 or > 86_400_000)
        {
            hostname.Report("interval", $"is {interval} ms", "must be from 1s to 24h");
        }

        return new GroupHostname(name, hostname.OptionalInt("port", 1, 65535), (int)Math.Clamp(interval, 1000, 86_400_000));
    }

    [GeneratedRegex(@"^[0-9a-fA-F:.]+\z")]
    private static partial Regex AddressText();
}
