using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Access;
using NodeAgent.TestCluster.Controllers;
using NodeAgent.TestCluster.Json;
using NodeAgent.TestCluster.Serving;
using NodeAgent.TestCluster.Storage;
using NodeAgent.TestCluster.Writing;

namespace NodeAgent.TestCluster;

/// <summary>
/// A Kubernetes API server in this process, for tests: what kubectl, informers and leader election ask of one.
/// No kubelets and no scheduler: objects stay as they are written.
/// </summary>
public sealed partial class TestApiServer : IAsyncDisposable
{
    private readonly TestApiServerOptions options;

    private readonly KindRegistry kinds = new(DefinedKinds.BuiltIn);

    private readonly ObjectStore store;

    private readonly ObjectWriter writer;

    private readonly ObjectDeletion deletion;

    private readonly Housekeeping housekeeping;

    private readonly Authentication authentication;

    private readonly ClusterCertificates? certificates;

    private readonly TokenRequests tokens;

    private readonly RequestPipeline pipeline;

    private readonly string administratorToken = RandomNumberGenerator.GetHexString(32, lowercase: true);

    private KestrelHost? host;

    private int port;
    private Socket? held;

    private TestApiServer(TestApiServerOptions options)
    {
        this.options = options;
        store = new ObjectStore(options.WatchHistory);
        authentication = new Authentication(options);
        authentication.Add(administratorToken, Authentication.Administrator);
        if (options.Https)
        {
            certificates = new ClusterCertificates(options.Listen.Address, options.CertificateNames);
            authentication.Certificates = certificates;
        }

        var admission = new AdmissionRules(store, options, new ServiceAddresses(store, options.ServiceNetwork));
        writer = new ObjectWriter(store, admission, options.Clock);
        deletion = new ObjectDeletion(store, admission, options.Clock);
        housekeeping = new Housekeeping(store, kinds, deletion);
        var definitions = new DefinitionController(store, kinds, options.Clock);
        store.Changed = change =>
        {
            housekeeping.Offer(change);
            if (change.Now!.Resource == DefinitionController.Definitions)
            {
                definitions.Changed(change);
            }
        };
        admission.CreateNamespace = name => InitialObjects.CreateNamespace(kinds.Find("", "namespaces")!, writer, name);
        Faults = new Faults(store.ForgetHistory);
        tokens = new TokenRequests(store, authentication, options.Clock);
        var resources = new ResourceRequests(store, kinds, writer, deletion, new VirtualResources(authentication, kinds, options), tokens, options);
        pipeline = new RequestPipeline(authentication, resources, new SitePages(new Discovery(kinds), new OpenApiPages(kinds)), options, Faults, Requests);
        Client = MakeClient();
    }

    /// <summary>Where it listens, while it does and after; the port stays over restarts.</summary>
    public Uri Url => new($"{(options.Https ? "https" : "http")}://{new IPEndPoint(Reachable, port)}/");

    /// <summary>Trusts the server and is its administrator; paths are relative to the server, as <c>api/v1/namespaces</c>.</summary>
    public HttpClient Client { get; }

    /// <summary>What goes wrong, when told so.</summary>
    public Faults Faults { get; }

    /// <summary>The audit log.</summary>
    public RequestLog Requests { get; } = new();

    /// <summary>The certificate authority of the server's certificate, as PEM; null over plain HTTP.</summary>
    public string? AuthorityPem => certificates?.AuthorityPem;

    /// <summary>Token of the administrator.</summary>
    public string Token => administratorToken;

    private IPAddress Reachable => options.Listen.Address.Equals(IPAddress.Any) ? IPAddress.Loopback : options.Listen.Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : options.Listen.Address;

    /// <summary>Starts a server with the objects every cluster has.</summary>
    public static async Task<TestApiServer> StartAsync(TestApiServerOptions? options = null)
    {
        var server = new TestApiServer(options ?? new TestApiServerOptions());
        await server.RestartAsync().ConfigureAwait(false);
        InitialObjects.Create(server.kinds, server.writer, server.Reachable.ToString(), server.port);
        return server;
    }

    /// <summary>Ends at once: no answer is finished, connections are cut. Objects stay for <see cref="RestartAsync"/>.</summary>
    public async Task StopAsync()
    {
        if (host is { } running)
        {
            host = null;
            await running.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Stops if running, and serves the same objects on the same port again.</summary>
    public async Task RestartAsync()
    {
        await StopAsync().ConfigureAwait(false);
        HoldPort();
        host = await KestrelHost.StartAsync(new IPEndPoint(options.Listen.Address, port), certificates, pipeline.HandleAsync).ConfigureAwait(false);
        Client.BaseAddress ??= Url;
    }

    /// <summary>Adds a bearer token, or changes whose it is.</summary>
    public void AddToken(string token, ApiUser user) => authentication.Add(token, user);

    /// <summary>Refuses a token from now on.</summary>
    public void RemoveToken(string token) => authentication.Remove(token);

    /// <param name="token">Null for the administrator's.</param>
    public void WriteKubeconfig(string path, string? token = null) =>
        KubeconfigFile.Write(path, Url, AuthorityPem, new JsonObject { ["token"] = token ?? administratorToken });

    /// <summary>A kubeconfig with a client certificate. Needs HTTPS.</summary>
    public void WriteKubeconfigWithCertificate(string path, string user, params string[] groups)
    {
        ClusterCertificates signer = certificates ?? throw new InvalidOperationException("client certificates need HTTPS");
        (string certificate, string key) = signer.Client(user, groups);
        KubeconfigFile.Write(path, Url, AuthorityPem, new JsonObject
        {
            ["client-certificate-data"] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(certificate)),
            ["client-key-data"] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(key)),
        });
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        await housekeeping.DisposeAsync().ConfigureAwait(false);
        Client.Dispose();
        certificates?.Dispose();
        tokens.Dispose();
        held?.Dispose();
    }

    /// <summary>A bound socket that does not listen refuses connections like none, but nobody's outgoing connection gets its port while the server is away.</summary>
    private void HoldPort()
    {
        if (held is null)
        {
            held = new Socket(options.Listen.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            held.Bind(options.Listen);
            port = ((IPEndPoint)held.LocalEndPoint!).Port;
        }
    }

    private HttpClient MakeClient()
    {
        var handler = new SocketsHttpHandler { PooledConnectionLifetime = Timeout.InfiniteTimeSpan, ConnectCallback = ConnectAsync };
        if (AuthorityPem is { } pem)
        {
            X509Certificate2 authority = X509Certificate2.CreateFromPem(pem);
            handler.SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    RevocationMode = X509RevocationMode.NoCheck,
                    CustomTrustStore = { authority },
                },
            };
        }

        var client = new HttpClient(handler) { Timeout = TimeSpan.FromMinutes(10) };
        client.DefaultRequestHeaders.Authorization = new("Bearer", administratorToken);
        client.DefaultRequestHeaders.UserAgent.ParseAdd("test");
        return client;
    }

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancel).ConfigureAwait(false);
            // A server that stops just now makes this throw. The handler asks the same next, and its exception would not be one of HTTP.
            _ = socket.RemoteEndPoint;
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
