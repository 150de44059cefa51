using System.Text;
using NodeAgent.Controller.Sources.Kubernetes;

namespace NodeAgent.Controller.Tests.Kubernetes;

public sealed class KubeconfigTests : IDisposable
{
    private const string Good = """
        apiVersion: v1
        kind: Config
        current-context: home
        clusters:
        - name: c
          cluster:
            server: https://10.0.0.1:6443/prefix
        users:
        - name: u
          user:
            token: s3cret
        contexts:
        - name: home
          context: {cluster: c, user: u, namespace: shop}
        - name: away
          context: {cluster: far, user: u}
        - name: nobody
          context: {cluster: c, user: ghost}
        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TheCurrentContextIsTaken()
    {
        ClusterAccess access = Access(Good);
        Assert.Equal("https://10.0.0.1:6443/prefix/", access.Server.ToString());
        Assert.Equal("shop", access.Namespace);
        Assert.Equal($"kubeconfig {_folder["config"]}, context home", access.Origin);
    }

    [Theory]
    [InlineData("away", "\"far\" is the cluster of context away but is not in the file, clusters has c")]
    [InlineData("nobody", "\"ghost\" is the user of context nobody but is not in the file, users has u")]
    [InlineData("else", "\"else\" names no context of the file, contexts has home, away, nobody")]
    public void AContextThatCannotBeTakenIsToldWithThoseThatAreThere(string context, string problem) =>
        Assert.Equal($"kubeconfig {_folder["config"]}: {problem}", Problem(Good, context));

    [Theory]
    [InlineData("server: https://10.0.0.1:6443/prefix", "server: 'https://a b'", ":7: cluster c: server should be a URL such as https://10.0.0.1:6443")]
    [InlineData("server: https://10.0.0.1:6443/prefix", "x: y", ":7: cluster c: server is missing, it should be a URL such as https://10.0.0.1:6443")]
    [InlineData("prefix", "prefix\n    certificate-authority: nowhere.crt", ":8: cluster c: certificate-authority cannot be read: Could not find file 'FOLDER/nowhere.crt'.")]
    [InlineData("prefix", "prefix\n    certificate-authority-data: '!!'", ":8: cluster c: certificate-authority-data is no base64")]
    [InlineData("prefix", "prefix\n    certificate-authority-data: aGVsbG8=", ":8: cluster c: certificate-authority holds no certificates in PEM")]
    [InlineData("prefix", "prefix\n    proxy-url: ftp://x", ":8: cluster c: proxy-url should be a URL of scheme http, https or socks5")]
    [InlineData("prefix", "prefix\n    tls-server-name: api server", ":8: cluster c: tls-server-name should be a host name or an IP address")]
    [InlineData("prefix", "prefix\n    insecure-skip-tls-verify: 'yes'", ":8: cluster c: insecure-skip-tls-verify should be true or false")]
    [InlineData("token: s3cret", "client-key-data: aGVsbG8=", ":11: user u: client-key needs client-certificate as well")]
    [InlineData("token: s3cret", "tokenFile: none", ":11: user u: tokenFile cannot be read: Could not find file 'FOLDER/none'.")]
    [InlineData("token: s3cret", "token: \"s3\\ncret\"", ":11: user u: token has characters that no token has")]
    [InlineData("token: s3cret", "auth-provider: {name: gcp}", ":11: user u: auth-provider is not supported (Kubernetes removed it in 1.26), use exec")]
    [InlineData("token: s3cret", "exec: {command: x, apiVersion: client.authentication.k8s.io/v1alpha1}", ":11: user u: exec: apiVersion should be client.authentication.k8s.io/v1 or client.authentication.k8s.io/v1beta1")]
    [InlineData("token: s3cret", "exec: {apiVersion: client.authentication.k8s.io/v1}", ":11: user u: exec: command is missing, it should name a program")]
    [InlineData("token: s3cret", "exec: {command: x, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Always}", ":11: user u: exec: interactiveMode should be Never or IfAvailable: nobody is here to be asked")]
    [InlineData("token: s3cret", "token: [s3cret]", ":11: user u: token should be a text")]
    [InlineData("current-context: home", "", ": has no current-context, set it or name one of its contexts (home, away, nobody)")]
    [InlineData("current-context: home", "current-context: [", ":5 is no valid YAML")]
    public void AMistakeIsOneLineThatNamesThePlaceAndTheMendAndNoSecret(string good, string bad, string problem)
    {
        string told = Problem(Good.Replace(good, bad, StringComparison.Ordinal), "");
        Assert.StartsWith($"kubeconfig {_folder["config"]}:", told, StringComparison.Ordinal);
        if (!bad.EndsWith('['))
        {
            Assert.Equal($"kubeconfig {_folder["config"]}{problem.Replace("FOLDER", _folder.Root, StringComparison.Ordinal)}", told);
        }

        Assert.DoesNotContain("cret", told, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', told);
    }

    [Fact]
    public void AKeyThatBelongsToAnotherCertificateIsTold()
    {
        var authority = new TestAuthority();
        string user = $"client-certificate-data: {Base64(authority.Client("a", "ec").Certificate)}\n    client-key-data: {Base64(authority.Client("b", "ec").Key)}";
        Assert.Equal(
            $"kubeconfig {_folder["config"]}:12: user u: client-key is no unencrypted key in PEM that belongs to client-certificate",
            Problem(Good.Replace("token: s3cret", user, StringComparison.Ordinal), ""));
    }

    [Fact]
    public void AFileThatIsNotThereIsTold() =>
        Assert.Equal(
            $"kubeconfig {_folder["none"]} cannot be read: Could not find file '{_folder["none"]}'.",
            ClusterAccess.FromKubeconfig(_folder["none"]).Problem);

    [Fact]
    public void AnEmptyFileIsTold() =>
        Assert.Equal($"kubeconfig {_folder["config"]} should be one YAML mapping with clusters, users and contexts", Problem("", ""));

    internal static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private ClusterAccess Access(string text)
    {
        _folder.Write("config", text);
        AccessResult result = ClusterAccess.FromKubeconfig(_folder["config"]);
        Assert.Equal("", result.Problem);
        return result.Access!;
    }

    private string Problem(string text, string context)
    {
        _folder.Write("config", text);
        AccessResult result = ClusterAccess.FromKubeconfig(_folder["config"], context);
        Assert.Null(result.Access);
        return result.Problem;
    }
}
