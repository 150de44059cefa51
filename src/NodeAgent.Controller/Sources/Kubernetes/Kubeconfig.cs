using System.Collections.Immutable;
using System.Text;
using NodeAgent.Controller.Sources.Manifests;
using NodeAgent.Translator.Api;

namespace NodeAgent.Controller.Sources.Kubernetes;

/// <summary>One kubeconfig file. Problems name fields and files, never what stands in them: that may be secret.</summary>
internal sealed class Kubeconfig
{
    private readonly string _path;
    private readonly MarkedMap _root;

    private Kubeconfig(string path, MarkedMap root)
    {
        _path = path;
        _root = root;
    }

    public static AccessResult Read(string path, string? context, TimeProvider time)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new AccessResult(null, $"kubeconfig {path} cannot be read: {FieldPath.OneLine(e.Message)}");
        }

        MarkedFile file = YamlReader.Read(text);
        if (file.Fault is ReadFault fault)
        {
            return new AccessResult(null, $"kubeconfig {path}:{fault.Line} is no valid YAML");
        }

        if (file.Documents is not [MarkedMap root])
        {
            return new AccessResult(null, $"kubeconfig {path} should be one YAML mapping with clusters, users and contexts");
        }

        try
        {
            return new AccessResult(new Kubeconfig(path, root).AccessOf(context, time));
        }
        catch (KubeconfigMistake mistake)
        {
            return new AccessResult(null, $"kubeconfig {path}{mistake.Place}: {mistake.Message}");
        }
    }

    private ClusterAccess AccessOf(string? wanted, TimeProvider time)
    {
        string name = string.IsNullOrEmpty(wanted) ? Text(_root, "current-context", _root.Line) : wanted;
        if (name.Length == 0)
        {
            throw new KubeconfigMistake(0, $"has no current-context, set it or name one of its contexts ({Names("contexts")})");
        }

        MarkedMap context = Entry("contexts", "context", name, "names no context of the file");
        string clusterName = Text(context, "cluster", context.Line);
        string userName = Text(context, "user", context.Line);
        MarkedMap cluster = Entry("clusters", "cluster", clusterName, $"is the cluster of context {name} but is not in the file");
        MarkedMap? user = userName.Length == 0 ? null : Entry("users", "user", userName, $"is the user of context {name} but is not in the file");
        var clusterEntry = new KubeconfigEntry(_path, $"cluster {clusterName}", cluster);
        Uri server = ServerOf(clusterEntry);
        string ns = Text(context, "namespace", context.Line);
        var userEntry = new KubeconfigEntry(_path, $"user {userName}", user ?? new MarkedMap(0, []));
        return new ClusterAccess(server, TrustOf(clusterEntry), KubeconfigUser.Credentials(userEntry, clusterEntry, server, time))
        {
            Namespace = ns.Length == 0 ? "default" : ns,
            Origin = $"kubeconfig {_path}, context {name}",
            Proxy = ProxyOf(clusterEntry),
            TlsServerName = TlsNameOf(clusterEntry),
            Impersonation = KubeconfigUser.Impersonation(userEntry),
        };
    }

    private static Uri ServerOf(KubeconfigEntry cluster)
    {
        string text = cluster.Text("server");
        if (text.Length == 0)
        {
            throw cluster.Mistake("server", "is missing, it should be a URL such as https://10.0.0.1:6443");
        }

        string url = text.Contains("://", StringComparison.Ordinal) ? text : $"http://{text}";
        return Uri.TryCreate(url.TrimEnd('/') + "/", UriKind.Absolute, out Uri? server)
            && (server.Scheme == Uri.UriSchemeHttps || server.Scheme == Uri.UriSchemeHttp) && server.UserInfo.Length == 0
            ? server
            : throw cluster.Mistake("server", "should be a URL such as https://10.0.0.1:6443");
    }

    private static Uri? ProxyOf(KubeconfigEntry cluster)
    {
        string text = cluster.Text("proxy-url");
        if (text.Length == 0)
        {
            return null;
        }

        return Uri.TryCreate(text, UriKind.Absolute, out Uri? proxy) && proxy.Scheme is "http" or "https" or "socks5"
            ? proxy
            : throw cluster.Mistake("proxy-url", "should be a URL of scheme http, https or socks5");
    }

    private static string? TlsNameOf(KubeconfigEntry cluster)
    {
        string text = cluster.Text("tls-server-name");
        return text.Length == 0 ? null
            : Uri.CheckHostName(text) is UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6 ? text
            : throw cluster.Mistake("tls-server-name", "should be a host name or an IP address");
    }

    private static ServerTrust TrustOf(KubeconfigEntry cluster)
    {
        bool insecure = cluster.Flag("insecure-skip-tls-verify");
        Func<string>? authorities = cluster.DataOrFile("certificate-authority") is Func<byte[]> read ? () => Encoding.UTF8.GetString(read()) : null;
        if (authorities is null)
        {
            return new ServerTrust(null, insecure);
        }

        if (insecure)
        {
            throw cluster.Mistake("insecure-skip-tls-verify", "excludes certificate-authority, remove one of them");
        }

        if (!KubeconfigUser.HoldsCertificates(authorities()))
        {
            throw cluster.Mistake("certificate-authority", "holds no certificates in PEM");
        }

        return new ServerTrust(authorities, insecure);
    }

    private MarkedMap Entry(string list, string field, string name, string absent)
    {
        MarkedMap? entry = Entries(list).FirstOrDefault(entry => NameOf(entry) == name);
        if (entry is null)
        {
            string names = Names(list);
            throw new KubeconfigMistake(0, $"\"{FieldPath.OneLine(name)}\" {absent}, {list} has {(names.Length == 0 ? "none" : names)}");
        }

        return entry.Find(field) as MarkedMap ?? throw new KubeconfigMistake(entry.Line, $"{field} {FieldPath.OneLine(name)} should have a mapping \"{field}\"");
    }

    private IEnumerable<MarkedMap> Entries(string list) =>
        _root.Find(list) is MarkedList entries ? entries.Items.OfType<MarkedMap>() : [];

    private string Names(string list) => string.Join(", ", Entries(list).Select(entry => FieldPath.OneLine(NameOf(entry))));

    private static string NameOf(MarkedMap entry) => entry.Find("name") is MarkedScalar { Type: not ScalarType.Null } name ? name.Text : "";

    private static string Text(MarkedMap map, string field, int line) => map.Find(field) switch
    {
        null or MarkedScalar { Type: ScalarType.Null } => "",
        MarkedScalar scalar => scalar.Text,
        _ => throw new KubeconfigMistake(line, $"{field} should be a text"),
    };
}
