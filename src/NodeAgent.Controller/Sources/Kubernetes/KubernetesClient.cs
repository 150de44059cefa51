using System.Net;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NodeAgent.Controller.Sources.Kubernetes;

/// <summary>Requests to one API server. Safe for any thread.</summary>
public sealed class KubernetesClient : IKubernetesApi, IAsyncDisposable
{
    /// <summary>What a server asks for beyond this is not waited for; in a request's own time there is less anyway.</summary>
    private static readonly TimeSpan MaxRetryAfter = TimeSpan.FromSeconds(10);

    /// <summary>In bytes. An API server takes no object of more than a few MiB; a larger answer to a single request is none.</summary>
    private const int MaxAnswer = 64 << 20;

    /// <summary>As deep as what a watch tells, and no field twice, or a look at it would fail.</summary>
    private static readonly JsonDocumentOptions AnswerOptions = JsonBuffer.DocumentOptions with { AllowDuplicateProperties = false };

    private readonly ClusterTransport _transport;
    private readonly TokenBucket _bucket;

    public KubernetesClient(ClusterAccess access, KubernetesClientSettings? settings = null, TimeProvider? time = null)
    {
        Access = access;
        Settings = settings ?? new KubernetesClientSettings();
        Time = time ?? TimeProvider.System;
        _transport = new ClusterTransport(access, Settings);
        _bucket = new TokenBucket(Settings.RequestsPerSecond, Settings.Burst, Time);
    }

    public ClusterAccess Access { get; }

    public KubernetesClientSettings Settings { get; }

    public ClientMetrics Metrics { get; } = new();

    internal TimeProvider Time { get; }

    public Task<ApiAnswer> GetAsync(ApiResource resource, string? ns, string name, CancellationToken cancel) =>
        SendAsync(new KubernetesRequest("get", HttpMethod.Get, resource.PathOf(ns, name), resource.Plural) { Prior = IsPrior(resource) }, cancel);

    /// <summary>One answer with all objects of <paramref name="scope"/>: for few of them. Many are read by a <see cref="ResourceWatch"/>.</summary>
    public Task<ApiAnswer> ListAsync(ApiResource resource, WatchScope scope, CancellationToken cancel) =>
        SendAsync(new KubernetesRequest("list", HttpMethod.Get, $"{resource.PathOf(scope.Namespace)}?{scope.Query()}", resource.Plural), cancel);

    public Task<ApiAnswer> CreateAsync(ApiResource resource, string? ns, JsonObject body, CancellationToken cancel) =>
        SendAsync(
            new KubernetesRequest("create", HttpMethod.Post, $"{resource.PathOf(ns)}?{FieldManager}", resource.Plural)
            {
                Body = Utf8(body),
                Prior = IsPrior(resource),
            },
            cancel);

    public Task<ApiAnswer> ReplaceAsync(ApiResource resource, string? ns, string name, string? subresource, JsonObject body, CancellationToken cancel) =>
        SendAsync(
            new KubernetesRequest("update", HttpMethod.Put, $"{resource.PathOf(ns, name, subresource)}?{FieldManager}", Label(resource, subresource))
            {
                Body = Utf8(body),
                Prior = IsPrior(resource),
            },
            cancel);

    public Task<ApiAnswer> PatchAsync(
        ApiResource resource, string? ns, string name, string? subresource, PatchKind kind, JsonNode body, CancellationToken cancel) =>
        SendAsync(
            new KubernetesRequest(
                "patch", HttpMethod.Patch,
                $"{resource.PathOf(ns, name, subresource)}?{FieldManager}{(kind == PatchKind.Apply ? "&force=true" : "")}",
                Label(resource, subresource))
            {
                Body = Utf8(body),
                ContentType = kind switch
                {
                    PatchKind.Merge => "application/merge-patch+json",
                    PatchKind.Json => "application/json-patch+json",
                    _ => "application/apply-patch+yaml",
                },
                Prior = IsPrior(resource),
            },
            cancel);

    public Task<ApiAnswer> DeleteAsync(ApiResource resource, string? ns, string name, string? uid, CancellationToken cancel) =>
        SendAsync(
            new KubernetesRequest("delete", HttpMethod.Delete, resource.PathOf(ns, name), resource.Plural)
            {
                Body = uid is null ? null : Utf8(new JsonObject
                {
                    ["apiVersion"] = "v1",
                    ["kind"] = "DeleteOptions",
                    ["preconditions"] = new JsonObject { ["uid"] = uid },
                }),
            },
            cancel);

    /// <summary>A document of the server that belongs to no resource, such as <c>/version</c> or <c>/apis/GROUP</c>.</summary>
    public Task<ApiAnswer> GetDocumentAsync(string path, CancellationToken cancel) =>
        SendAsync(new KubernetesRequest("get", HttpMethod.Get, path, "discovery"), cancel);

    public ValueTask DisposeAsync()
    {
        _transport.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Begins an answer that is read as it comes: a list or a watch.</summary>
    internal async Task<ApiStream> OpenAsync(KubernetesRequest request, CancellationToken cancel)
    {
        await WaitForTurnAsync(request, cancel);
        CredentialAnswer who = await Access.Credentials.GetAsync(cancel);
        using var deadline = new CancellationTokenSource(Settings.RequestTimeout, Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, deadline.Token);
        try
        {
            (HttpResponseMessage? response, ApiAnswer? none) = await TryAsync(request, who, both.Token, cancel);
            if (response is null)
            {
                return new ApiStream(none!, null);
            }

            if (!response.IsSuccessStatusCode)
            {
                using (response)
                {
                    return new ApiStream(await ReadAsync(response, request, both.Token), null) { RetryAfter = RetryAfter(response) };
                }
            }

            return new ApiStream(new ApiAnswer((int)response.StatusCode, null), response);
        }
        catch (Exception e) when (IsLost(e))
        {
            cancel.ThrowIfCancellationRequested();
            return new ApiStream(Lost(request, e), null);
        }
    }

    internal async Task<ApiAnswer> SendAsync(KubernetesRequest request, CancellationToken cancel)
    {
        await WaitForTurnAsync(request, cancel);
        CredentialAnswer who = await Access.Credentials.GetAsync(cancel);
        using var deadline = new CancellationTokenSource(Settings.RequestTimeout, Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, deadline.Token);
        long start = Time.GetTimestamp();
        var backoff = new Backoff(Settings.MinBackoff, MaxRetryAfter, Time);
        try
        {
            while (true)
            {
                (HttpResponseMessage? response, ApiAnswer? none) = await TryAsync(request, who, both.Token, cancel);
                if (response is null)
                {
                    return none!;
                }

                using (response)
                {
                    ApiAnswer answer = await ReadAsync(response, request, both.Token);
                    TimeSpan? asked = answer.Status is 429 or 503 ? RetryAfter(response) : null;
                    if (asked is null || asked > MaxRetryAfter)
                    {
                        return answer;
                    }

                    // Whoever wants to be asked again at once, or at a time that has passed by our clock, is not made to say so all the time.
                    TimeSpan pause = backoff.Next(asked);
                    if (Time.GetElapsedTime(start) + pause >= Settings.RequestTimeout)
                    {
                        return answer;
                    }

                    await Task.Delay(pause, Time, both.Token);
                }

                who = await Access.Credentials.GetAsync(cancel);
            }
        }
        catch (Exception e) when (IsLost(e))
        {
            // Whoever has stopped waiting is told that alone, however the request ended meanwhile.
            cancel.ThrowIfCancellationRequested();
            return Lost(request, e);
        }
    }

    private string FieldManager => $"fieldManager={Uri.EscapeDataString(Settings.FieldManager)}";

    private static string Label(ApiResource resource, string? subresource) => subresource is null ? resource.Plural : $"{resource.Plural}/{subresource}";

    /// <summary>A Lease that is renewed late is a lost election: it never waits behind other requests.</summary>
    private static bool IsPrior(ApiResource resource) => resource.Group == "coordination.k8s.io";

    private static byte[] Utf8(JsonNode body) => JsonSerializer.SerializeToUtf8Bytes(body);

    private async ValueTask WaitForTurnAsync(KubernetesRequest request, CancellationToken cancel)
    {
        if (!request.Prior)
        {
            TimeSpan waited = await _bucket.TakeAsync(cancel);
            if (waited > TimeSpan.Zero)
            {
                Metrics.CountWait(waited);
            }
        }
    }

    /// <summary>Sends once, and once more with new credentials where the server does not accept those we have.</summary>
    /// <param name="alive">Ends with <paramref name="cancel"/>, and when the server has not answered in time.</param>
    private async Task<(HttpResponseMessage? Response, ApiAnswer? None)> TryAsync(
        KubernetesRequest request, CredentialAnswer who, CancellationToken alive, CancellationToken cancel)
    {
        if (who.Credential is not Credential credential)
        {
            return (null, NoCredentials(request, who));
        }

        HttpResponseMessage response = await SendOnceAsync(request, credential, alive);
        if (response.StatusCode != HttpStatusCode.Unauthorized)
        {
            return (response, null);
        }

        Access.Credentials.Refused(credential);
        who = await Access.Credentials.GetAsync(cancel);
        if (ReferenceEquals(who.Credential, credential))
        {
            return (response, null);
        }

        response.Dispose();
        return who.Credential is null ? (null, NoCredentials(request, who)) : (await SendOnceAsync(request, who.Credential, alive), null);
    }

    private async Task<HttpResponseMessage> SendOnceAsync(KubernetesRequest request, Credential credential, CancellationToken cancel)
    {
        long start = Time.GetTimestamp();
        int code = 0;
        try
        {
            HttpResponseMessage response = await _transport.SendAsync(request, credential, cancel);
            code = (int)response.StatusCode;
            return response;
        }
        finally
        {
            Metrics.CountRequest(request.Verb, request.Resource, code, Time.GetElapsedTime(start));
        }
    }

    private ApiAnswer NoCredentials(KubernetesRequest request, CredentialAnswer who)
    {
        Metrics.CountRequest(request.Verb, request.Resource, 0, TimeSpan.Zero);
        return new ApiAnswer(0, null, "NoCredentials", who.Problem);
    }

    private async Task<ApiAnswer> ReadAsync(HttpResponseMessage response, KubernetesRequest request, CancellationToken cancel)
    {
        await response.Content.LoadIntoBufferAsync(MaxAnswer, cancel);
        byte[] bytes = await response.Content.ReadAsByteArrayAsync(cancel);
        JsonObject? body = null;
        try
        {
            body = bytes.Length == 0 ? null : JsonNode.Parse(bytes, documentOptions: AnswerOptions) as JsonObject;
        }
        catch (JsonException)
        {
            // A proxy's page, or an answer that was cut: the status still counts.
        }

        int status = (int)response.StatusCode;
        if (response.IsSuccessStatusCode)
        {
            return body is not null || bytes.Length == 0 ? new ApiAnswer(status, body) : Garbled(request, status);
        }

        (string reason, string message) = ApiStatus.Of(body);
        if (message.Length == 0)
        {
            string text = body is null ? ApiStatus.OneLine(Encoding.UTF8.GetString(bytes)) : "";
            message = $"{request.Method} {request.Path}: {status} {response.StatusCode}{(text.Length == 0 ? "" : ": " + text)}";
        }

        if (status == 401)
        {
            message = $"the server does not accept the credentials of {Access.Origin}, renew them ({message})";
        }

        return new ApiAnswer(status, body, reason.Length > 0 ? reason : response.StatusCode.ToString(), message);
    }

    private ApiAnswer Garbled(KubernetesRequest request, int status) =>
        new(0, null, "Garbled", $"{request.Method} {Access.Server.GetLeftPart(UriPartial.Authority)}{request.Path}: the body of the {status} is no JSON object, is this an API server?");

    private ApiAnswer Lost(KubernetesRequest request, Exception e)
    {
        string why = e is OperationCanceledException ? $"no answer within {Settings.RequestTimeout.TotalSeconds:0.#} s"
            : e.InnerException is AuthenticationException && Access.Trust.Refusal is { Length: > 0 } refusal ? $"{refusal}, see {Access.Origin}"
            : ApiStatus.OneLine(Innermost(e));
        return new ApiAnswer(0, null, "NoAnswer", $"{request.Method} {Access.Server.GetLeftPart(UriPartial.Authority)}{request.Path}: {why}");
    }

    private static bool IsLost(Exception e) => e is HttpRequestException or IOException or OperationCanceledException;

    private static string Innermost(Exception e)
    {
        while (e.InnerException is Exception inner)
        {
            e = inner;
        }

        return e.Message;
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: TimeSpan delta } => delta,
        { Date: DateTimeOffset date } => date - Time.GetUtcNow() is { Ticks: > 0 } pause ? pause : TimeSpan.Zero,
        _ => null,
    };
}
