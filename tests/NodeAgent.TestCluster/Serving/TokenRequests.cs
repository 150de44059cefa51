using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Access;
using NodeAgent.TestCluster.Api;
using NodeAgent.TestCluster.Json;
using NodeAgent.TestCluster.Schemas;
using NodeAgent.TestCluster.Storage;
using NodeAgent.TestCluster.Writing;

namespace NodeAgent.TestCluster.Serving;

/// <summary>
/// Tokens of ServiceAccounts (serviceaccounts/NAME/token): good for a time, for their audiences, and as long as their account
/// and the Pod they are bound to are there.
/// </summary>
internal sealed class TokenRequests(ObjectStore store, Authentication authentication, TimeProvider clock) : IDisposable
{
    private const long Shortest = 600;

    private const long Longest = 1L << 32;

    private static readonly ServedKind Kind = new("authentication.k8s.io", "v1", "TokenRequest", "tokenrequests", "", true, new PermissiveSchema("", "", ""));

    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <param name="account">The kind of ServiceAccounts.</param>
    /// <param name="body">The TokenRequest; gets its status.</param>
    /// <exception cref="ApiRefusal">404 no such account; 409 the Pod is another; 422 what is asked for cannot be.</exception>
    public ApiReply Create(ServedKind account, ApiRequest request, JsonObject body)
    {
        ObjectWriter.RequireKind(Kind, body);
        JsonObject spec = body.EnsureObject("spec");
        long seconds = spec.Integer("expirationSeconds") ?? 3600;
        if (seconds is < Shortest or > Longest)
        {
            string why = seconds < Shortest ? "may not specify a duration less than 10 minutes" : "may not specify a duration larger than 2^32 seconds";
            throw Refusals.Invalid(Kind, "", [FieldErrors.Invalid("spec.expirationSeconds", JsonText.Number(seconds), why)]);
        }

        var id = new ObjectKey(request.Namespace, request.Name);
        StoredObject present = store.Find(Conversion.Home(account), id) ?? throw Refusals.NotFound(account, request.Name);
        StoredObject? pod = Bound(request.Namespace, spec.Object("boundObjectRef"));
        string[] audiences = [.. (spec.List("audiences") ?? []).Select(a => a.AsText() ?? "")];
        if (audiences.Length == 0)
        {
            audiences = [Authentication.ServerAudience];
        }

        string credential = Guid.NewGuid().ToString();
        DateTimeOffset now = clock.GetUtcNow();
        DateTimeOffset until = now.AddSeconds(seconds);
        string token = Sign(Claims(id, present, pod, audiences, credential, now, until));
        authentication.Issue(token, User(id, present, pod, audiences, credential), () =>
            clock.GetUtcNow() < until && IsThere(present) && (pod is null || IsThere(pod)));
        spec["audiences"] = Texts(audiences);
        spec["expirationSeconds"] = JsonText.Number(seconds);
        body["metadata"] = new JsonObject { ["name"] = id.Name, ["namespace"] = id.Namespace, ["creationTimestamp"] = SystemFields.Time(now) };
        body["status"] = new JsonObject { ["token"] = token, ["expirationTimestamp"] = SystemFields.Time(until) };
        return ApiReply.Of(body, 201);
    }

    public void Dispose() => key.Dispose();

    private StoredObject? Bound(string ns, JsonObject? reference)
    {
        if (reference is null)
        {
            return null;
        }

        if (reference.Text("kind") != "Pod")
        {
            throw Refusals.BadRequest($"cannot bind token for serviceaccount to type {reference.Text("apiVersion")}, Kind={reference.Text("kind")}");
        }

        string name = reference.Text("name") ?? "";
        ServedKind pods = new("", "v1", "Pod", "pods", "pod", true, Kind.Schema);
        StoredObject pod = store.Find(new ResourceId("", "pods"), new ObjectKey(ns, name)) ?? throw Refusals.NotFound(pods, name);
        return reference.Text("uid") is { Length: > 0 } uid && uid != pod.Uid
            ? throw Refusals.Conflict(pods, name, $"the UID in the bound object reference ({uid}) does not match the UID in record. The object might have been deleted and then recreated")
            : pod;
    }

    private bool IsThere(StoredObject item) => store.Find(item.Resource, item.Key)?.Uid == item.Uid;

    private static ApiUser User(ObjectKey id, StoredObject account, StoredObject? pod, string[] audiences, string credential)
    {
        ImmutableDictionary<string, ImmutableArray<string>> extra = ImmutableDictionary<string, ImmutableArray<string>>.Empty
            .Add("authentication.kubernetes.io/credential-id", ["JTI=" + credential]);
        if (pod is not null)
        {
            extra = extra.Add("authentication.kubernetes.io/pod-name", [pod.Key.Name]).Add("authentication.kubernetes.io/pod-uid", [pod.Uid]);
            if (pod.Body.Object("spec").Text("nodeName") is { Length: > 0 } node)
            {
                extra = extra.Add("authentication.kubernetes.io/node-name", [node]);
            }
        }

        return new ApiUser($"system:serviceaccount:{id.Namespace}:{id.Name}")
        {
            Uid = account.Uid,
            Groups = ["system:serviceaccounts", $"system:serviceaccounts:{id.Namespace}"],
            Extra = extra,
            Audiences = [.. audiences],
        };
    }

    private static JsonObject Claims(ObjectKey id, StoredObject account, StoredObject? pod, string[] audiences, string credential, DateTimeOffset now, DateTimeOffset until)
    {
        var own = new JsonObject { ["namespace"] = id.Namespace, ["serviceaccount"] = Named(account) };
        if (pod is not null)
        {
            own["pod"] = Named(pod);
        }

        return new JsonObject
        {
            ["aud"] = Texts(audiences),
            ["exp"] = until.ToUnixTimeSeconds(),
            ["iat"] = now.ToUnixTimeSeconds(),
            ["iss"] = Authentication.ServerAudience,
            ["jti"] = credential,
            ["kubernetes.io"] = own,
            ["nbf"] = now.ToUnixTimeSeconds(),
            ["sub"] = $"system:serviceaccount:{id.Namespace}:{id.Name}",
        };
    }

    /// <summary>A JSON Web Token (RFC 7519), as clients read the end of its life from it.</summary>
    private string Sign(JsonObject claims)
    {
        string text = $"{Encoded("""{"alg":"ES256","kid":"test-cluster"}"""u8)}.{Encoded(JsonText.Bytes(claims))}";
        lock (key)
        {
            return $"{text}.{Encoded(key.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256))}";
        }
    }

    private static string Encoded(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    private static JsonObject Named(StoredObject item) => new() { ["name"] = item.Key.Name, ["uid"] = item.Uid };

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(t => (JsonNode)t)]);
}
