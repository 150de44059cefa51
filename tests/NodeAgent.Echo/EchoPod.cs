using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace NodeAgent.Echo;

/// <summary>One pod of a process that carries several: a line of JSON on its standard input.</summary>
/// <param name="Address">The pod's own; every port is opened on it.</param>
/// <param name="Certificate">PEM; wanted by the ports with TLS.</param>
/// <param name="Key">PEM.</param>
/// <param name="ClientAuthorities">PEM; null asks clients for no certificate.</param>
public sealed record EchoPod(
    string Namespace,
    string Name,
    string Address,
    ImmutableArray<int> Http = default,
    ImmutableArray<int> H2c = default,
    ImmutableArray<int> Https = default,
    ImmutableArray<int> Tcp = default,
    ImmutableArray<int> TcpTls = default,
    ImmutableArray<int> Udp = default,
    ImmutableArray<int> Dns = default,
    string? Certificate = null,
    string? Key = null,
    string? ClientAuthorities = null,
    string Service = "",
    string Ingress = "")
{
    /// <summary><c>NS/NAME</c>.</summary>
    public string Id => $"{Namespace}/{Name}";

    internal EchoOptions ToOptions(Action<string> log) => new()
    {
        Http = On(Http),
        H2c = On(H2c),
        Https = On(Https),
        Tcp = On(Tcp),
        TcpTls = On(TcpTls),
        Udp = On(Udp),
        Dns = On(Dns),
        Certificate = Certificate is null ? null : X509Certificate2.CreateFromPem(Certificate, Key ?? ""),
        ClientAuthorities = Authorities(),
        Identity = new EchoIdentity(Namespace, Ingress, Service, Name),
        Log = log,
    };

    private X509Certificate2Collection? Authorities()
    {
        if (ClientAuthorities is null)
        {
            return null;
        }

        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(ClientAuthorities);
        return authorities;
    }

    private ImmutableArray<IPEndPoint> On(ImmutableArray<int> ports) =>
        ports.IsDefault ? [] : [.. ports.Select(p => new IPEndPoint(IPAddress.Parse(Address), p))];
}

/// <summary>What a process that carries pods is told: one of the two.</summary>
/// <param name="Stop">The <see cref="EchoPod.Id"/> of a pod that was started.</param>
public sealed record EchoOrder(EchoPod? Start = null, string? Stop = null);
