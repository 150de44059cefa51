using System.Collections.Immutable;
using System.Globalization;

namespace NodeAgent.Conformance;

/// <summary>What a line of traffic speaks to the gateway.</summary>
public enum TrafficProtocol
{
    /// <summary>A request; on port 443 or a listener with TLS it is sent in TLS.</summary>
    Http,

    /// <summary>A POST of application/grpc.</summary>
    Grpc,

    /// <summary>A connection.</summary>
    Tcp,

    /// <summary>A datagram.</summary>
    Udp,

    /// <summary>A connection that starts with a ClientHello.</summary>
    Tls,
}

/// <summary>
/// <c>GATEWAY[:PORT] [METHOD] HOST/PATH [NAME:VALUE]... -> ANSWER</c> (port 80 and GET where not given), or
/// <c>GATEWAY grpc HOST/SERVICE/METHOD [NAME:VALUE]... -> ANSWER</c>, or
/// <c>GATEWAY:PORT tcp|udp|tls:SNI -> ANSWER</c>.
/// </summary>
/// <param name="Gateway"><c>NS/NAME</c>.</param>
/// <param name="ServerName">Of <see cref="TrafficProtocol.Tls"/> alone.</param>
/// <param name="Request">Of <see cref="TrafficProtocol.Http"/> and <see cref="TrafficProtocol.Grpc"/>.</param>
/// <param name="Answer">
/// A backend's Service name, several with their weights (<c>a*70,b*30</c>), <c>closed</c>, or the status code that the
/// gateway answers itself.
/// </param>
public sealed record TrafficLine(
    string Text, string Gateway, int Port, TrafficProtocol Protocol, string? ServerName, TrafficRequest? Request, string Answer)
{
    /// <exception cref="FormatException">The line is not of that form.</exception>
    public static TrafficLine Parse(string line)
    {
        string[] sides = line.Split(" -> ");
        string[] words = sides[0].Split(' ');
        if (sides.Length != 2 || words.Length < 2)
        {
            throw new FormatException($"no line of traffic: {line}");
        }

        string[] where = words[0].Split(':');
        TrafficProtocol protocol = words[1] switch
        {
            "grpc" => TrafficProtocol.Grpc,
            "tcp" => TrafficProtocol.Tcp,
            "udp" => TrafficProtocol.Udp,
            _ when words[1].StartsWith("tls:", StringComparison.Ordinal) => TrafficProtocol.Tls,
            _ => TrafficProtocol.Http,
        };
        return new TrafficLine(
            line,
            where[0].Contains('/', StringComparison.Ordinal) ? where[0] : $"{SuiteNames.DefaultNamespace}/{where[0]}",
            where.Length == 2 ? int.Parse(where[1], CultureInfo.InvariantCulture) : 80,
            protocol,
            protocol == TrafficProtocol.Tls ? words[1][4..] : null,
            protocol switch
            {
                TrafficProtocol.Http => TrafficRequest.Parse(words[1..]),
                TrafficProtocol.Grpc => TrafficRequest.Parse(["POST", .. words[2..], "content-type:application/grpc"]),
                _ => null,
            },
            sides[1]);
    }
}

/// <param name="Host">Without a port.</param>
/// <param name="Path">Without the query.</param>
/// <param name="Headers">Names lower case.</param>
public sealed record TrafficRequest(
    string Method, string Host, string Path, ImmutableDictionary<string, string> Headers, ImmutableArray<(string Name, string Value)> Query)
{
    /// <param name="words"><c>[METHOD] HOST/PATH[?QUERY] [NAME:VALUE]...</c></param>
    public static TrafficRequest Parse(string[] words)
    {
        int url = words[0].Contains('/', StringComparison.Ordinal) ? 0 : 1;
        string method = url == 1 ? words[0] : "GET";
        int slash = words[url].IndexOf('/', StringComparison.Ordinal);
        string[] target = words[url][slash..].Split('?');
        return new TrafficRequest(
            method,
            words[url][..slash].Split(':')[0],
            target[0],
            words[(url + 1)..].Select(w => w.Split(':', 2)).ToImmutableDictionary(p => p[0].ToLowerInvariant(), p => p[1]),
            target.Length == 1 ? [] : [.. target[1].Split('&').Select(p => p.Split('=')).Select(p => (p[0], p[1]))]);
    }
}
