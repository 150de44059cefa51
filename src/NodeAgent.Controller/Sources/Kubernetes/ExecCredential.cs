using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using NodeAgent.Translator.Api;

namespace NodeAgent.Controller.Sources.Kubernetes;

/// <summary>
/// Credentials that a program makes (client.authentication.k8s.io). They are kept until they expire or the server
/// refuses them. What the program prints is never shown.
/// </summary>
internal sealed class ExecCredential : ICredentialSource
{
    /// <summary>Beyond this the program hangs, most likely since it asks somebody for something.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>
    /// So long a credential is used that is expired when it comes, unless the server refuses it: one of the clocks is
    /// wrong, and the program must not run for each request.
    /// </summary>
    private static readonly TimeSpan MinUse = TimeSpan.FromSeconds(10);

    /// <summary>So long a failure is told to all: each watch asks for itself, again and again.</summary>
    private static readonly TimeSpan FailureAge = TimeSpan.FromSeconds(5);

    /// <summary>In characters. What is longer is no credential.</summary>
    private const int MaxOutput = 1 << 20;

    /// <summary>In characters: enough for a line.</summary>
    private const int MaxErrors = 4096;

    /// <summary>Fields of the cluster that the program is told as they are.</summary>
    private static readonly string[] PassedOn = ["tls-server-name", "proxy-url"];

    private readonly string _what;
    private readonly string _apiVersion;
    private readonly string _command;
    private readonly string[] _args;
    private readonly (string Name, string Value)[] _environment;
    private readonly string _hint;
    private readonly JsonObject? _cluster;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private ExecRun? _run;
    private Credential? _last;
    private DateTimeOffset? _expires;
    private long _got;
    private CredentialAnswer? _failure;
    private long _failed;

    private ExecCredential(KubeconfigEntry exec, string apiVersion, string command, JsonObject? cluster, TimeProvider time)
    {
        _what = command;
        _apiVersion = apiVersion;
        // A path in it is relative to the kubeconfig; a bare name is looked up in PATH.
        _command = command.Contains('/') ? Path.GetFullPath(command, exec.Folder) : command;
        _args = [.. exec.Texts("args")];
        _environment = [.. exec.InnerList("env").Select(entry => (entry.Text("name"), entry.Text("value")))];
        _hint = exec.Text("installHint");
        _cluster = cluster;
        _time = time;
    }

    public static ExecCredential Of(KubeconfigEntry exec, KubeconfigEntry cluster, Uri server, TimeProvider time)
    {
        string apiVersion = exec.Text("apiVersion");
        if (apiVersion is not ("client.authentication.k8s.io/v1" or "client.authentication.k8s.io/v1beta1"))
        {
            throw exec.Mistake("apiVersion", "should be client.authentication.k8s.io/v1 or client.authentication.k8s.io/v1beta1");
        }

        string command = exec.Text("command");
        if (command.Length == 0)
        {
            throw exec.Mistake("command", "is missing, it should name a program");
        }

        if (exec.Text("interactiveMode") is not ("" or "Never" or "IfAvailable"))
        {
            throw exec.Mistake("interactiveMode", "should be Never or IfAvailable: nobody is here to be asked");
        }

        JsonObject? info = null;
        if (exec.Flag("provideClusterInfo"))
        {
            info = new JsonObject { ["server"] = server.ToString().TrimEnd('/') };
            if (cluster.DataOrFile("certificate-authority") is Func<byte[]> authority)
            {
                info["certificate-authority-data"] = Convert.ToBase64String(authority());
            }

            foreach (string field in PassedOn.Where(field => cluster.Text(field).Length > 0))
            {
                info[field] = cluster.Text(field);
            }

            if (cluster.Flag("insecure-skip-tls-verify"))
            {
                info["insecure-skip-tls-verify"] = true;
            }
        }

        return new ExecCredential(exec, apiVersion, command, info, time);
    }

    /// <summary>Whoever asks while the program runs gets what it says, be it that it failed. It is ended when nobody waits for it any more.</summary>
    public async ValueTask<CredentialAnswer> GetAsync(CancellationToken cancel)
    {
        ExecRun run;
        lock (_lock)
        {
            if (_last is not null && !IsOver())
            {
                return new CredentialAnswer(_last);
            }

            if (_failure is CredentialAnswer failure && _time.GetElapsedTime(_failed) < FailureAge)
            {
                return failure;
            }

            run = _run ??= new ExecRun(RunAsync, Patience, _time);
            run.Waiting++;
        }

        try
        {
            CredentialAnswer answer = await run.Answer.WaitAsync(cancel);
            if (answer.Credential is null)
            {
                lock (_lock)
                {
                    (_failure, _failed) = (answer, _time.GetTimestamp());
                }
            }

            return answer;
        }
        finally
        {
            bool abandoned;
            lock (_lock)
            {
                abandoned = --run.Waiting == 0;
                if (_run == run && (abandoned || run.Answer.IsCompleted))
                {
                    _run = null;
                }
            }

            if (abandoned)
            {
                await run.DisposeAsync();
            }
        }
    }

    public void Refused(Credential credential)
    {
        lock (_lock)
        {
            _last = ReferenceEquals(_last, credential) ? null : _last;
        }
    }

    private bool IsOver() => _expires is not null && _time.GetUtcNow() >= _expires && _time.GetElapsedTime(_got) >= MinUse;

    private async Task<CredentialAnswer> RunAsync(CancellationToken late)
    {
        var spec = new JsonObject { ["interactive"] = false };
        if (_cluster is not null)
        {
            spec["cluster"] = _cluster.DeepClone();
        }

        var info = new JsonObject { ["apiVersion"] = _apiVersion, ["kind"] = "ExecCredential", ["spec"] = spec };
        var start = new ProcessStartInfo(_command, _args)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in _environment)
        {
            start.Environment[name] = value;
        }

        start.Environment["KUBERNETES_EXEC_INFO"] = info.ToJsonString();
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            string hint = _hint.Length > 0 ? FieldPath.OneLine($" ({_hint.ReplaceLineEndings(" ").Trim()})", 500) : "";
            return new CredentialAnswer(null, $"credentials program {_what} cannot be started, install it or correct users[].user.exec.command{hint}");
        }

        using (process)
        {
            try
            {
                process.StandardInput.Close();
                Task<string> errors = ReadAsync(process.StandardError, MaxErrors, late);
                string output = await ReadAsync(process.StandardOutput, MaxOutput + 1, late);
                string said = await errors;
                await process.WaitForExitAsync(late);
                return process.ExitCode != 0 ? new CredentialAnswer(null, $"credentials program {_what} ended with {process.ExitCode}: {ApiStatus.OneLine(said)}")
                    : output.Length > MaxOutput ? new CredentialAnswer(null, $"credentials program {_what} printed more than 1 MiB, which is no ExecCredential")
                    : Take(output);
            }
            catch (OperationCanceledException)
            {
                End(process);
                return new CredentialAnswer(null, $"credentials program {_what} did not end within {Patience.TotalSeconds:0} s");
            }
            catch (IOException e)
            {
                End(process);
                return new CredentialAnswer(null, $"credentials program {_what} cannot be heard: {ApiStatus.OneLine(e.Message)}");
            }
        }
    }

    private static void End(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is AggregateException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // What runs as another user is not ours to end.
        }
    }

    /// <summary>Reads to the end, however much comes, and keeps the beginning.</summary>
    private static async Task<string> ReadAsync(StreamReader reader, int kept, CancellationToken cancel)
    {
        var text = new StringBuilder();
        char[] buffer = new char[4096];
        while (await reader.ReadAsync(buffer, cancel) is int count and > 0)
        {
            text.Append(buffer, 0, Math.Min(count, kept - text.Length));
        }

        return text.ToString();
    }

    private CredentialAnswer Take(string output)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(output);
            return document.RootElement.TextOf("apiVersion") == _apiVersion
                ? Take(document.RootElement.ObjectOf("status"))
                : new CredentialAnswer(null, $"credentials program {_what} should answer with an ExecCredential of apiVersion {_apiVersion}");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return new CredentialAnswer(null, $"credentials program {_what} should print an ExecCredential as JSON");
        }
    }

    private CredentialAnswer Take(JsonElement status)
    {
        string token = status.TextOf("token");
        string certificate = status.TextOf("clientCertificateData");
        string key = status.TextOf("clientKeyData");
        if (token.Length == 0 && (certificate.Length == 0 || key.Length == 0))
        {
            return new CredentialAnswer(null, $"credentials program {_what} gave neither a token nor a client certificate with its key");
        }

        if (!KubeconfigUser.IsToken(token))
        {
            return new CredentialAnswer(null, $"credentials program {_what} gave a token with characters that no token has");
        }

        Credential credential;
        try
        {
            credential = new Credential(token.Length > 0 ? $"Bearer {token}" : null, certificate.Length > 0 ? KubeconfigUser.WithKey(certificate, key) : null);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return new CredentialAnswer(null, $"credentials program {_what} gave a client certificate or key that cannot be read");
        }

        string expires = status.TextOf("expirationTimestamp");
        lock (_lock)
        {
            _expires = DateTimeOffset.TryParse(expires, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at) ? at : null;
            (_last, _got) = (credential, _time.GetTimestamp());
        }

        return new CredentialAnswer(credential);
    }
}
