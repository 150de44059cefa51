using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace NodeAgent.Echo;

/// <summary>What an HTTP request looked like to the backend; names and order are the suite's.</summary>
public sealed record EchoAnswer(
    string Path,
    string Host,
    string Method,
    string Proto,
    IReadOnlyDictionary<string, string[]> Headers,
    string HttpPort,
    string Namespace,
    string Ingress,
    string Service,
    string Pod,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] EchoTls? Tls = null)
{
    /// <exception cref="JsonException">The text is not an echo's answer.</exception>
    public static EchoAnswer Parse(string json) =>
        JsonSerializer.Deserialize<EchoAnswer>(json, EchoJson.Indented) ?? throw new JsonException("null is no echo answer");
}

/// <summary>The TLS connection of a client, as the backend saw it; null without TLS.</summary>
/// <param name="Version">As in "TLSv1.3".</param>
/// <param name="PeerCertificates">The client's certificate as PEM, when it gave one.</param>
/// <param name="ServerName">SNI; empty without one.</param>
public sealed record EchoTls(
    string Version,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? PeerCertificates,
    string ServerName,
    string NegotiatedProtocol,
    string CipherSuite);

/// <summary>The answer to TEST on a TCP socket.</summary>
public sealed record TcpEchoAnswer(
    string Namespace,
    string Ingress,
    string Service,
    string Pod,
    [property: JsonPropertyName("tcpport")] string TcpPort,
    [property: JsonPropertyName("tlsport")] string TlsPort,
    [property: JsonPropertyName("isTLS")] bool IsTls,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] EchoTls? Tls = null)
{
    /// <exception cref="JsonException">The text is not an echo's answer.</exception>
    public static TcpEchoAnswer Parse(string json) =>
        JsonSerializer.Deserialize<TcpEchoAnswer>(json, EchoJson.Line) ?? throw new JsonException("null is no echo answer");
}

/// <summary>The answer to one datagram.</summary>
public sealed record UdpEchoAnswer(string Request, string Namespace, string Ingress, string Service, string Pod)
{
    /// <exception cref="JsonException">The text is not an echo's answer.</exception>
    public static UdpEchoAnswer Parse(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize<UdpEchoAnswer>(json, EchoJson.Line) ?? throw new JsonException("null is no echo answer");
}

internal static class EchoJson
{
    public static JsonSerializerOptions Indented { get; } = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        IndentSize = 1,
    };

    public static JsonSerializerOptions Line { get; } = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
