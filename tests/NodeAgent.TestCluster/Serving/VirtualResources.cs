using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using NodeAgent.TestCluster.Access;
using NodeAgent.TestCluster.Api;
using NodeAgent.TestCluster.Json;

namespace NodeAgent.TestCluster.Serving;

/// <summary>Resources that are answers and are kept nowhere: token and access reviews.</summary>
internal sealed class VirtualResources(Authentication authentication, TestApiServerOptions options)
{
    /// <summary>Group, version, plural, kind.</summary>
    public static (string Group, string Version, string Plural, string Kind)[] All { get; } =
    [
        ("authentication.k8s.io", "v1", "tokenreviews", "TokenReview"),
        ("authentication.k8s.io", "v1", "selfsubjectreviews", "SelfSubjectReview"),
        ("authorization.k8s.io", "v1", "selfsubjectaccessreviews", "SelfSubjectAccessReview"),
    ];

    public bool Serves(ApiRequest request) => All.Any(r => r.Group == request.Group && r.Version == request.Version && r.Plural == request.Resource);

    public async Task<ApiReply> AnswerAsync(ApiRequest request, HttpContext context)
    {
        if (request.Verb != "create")
        {
            throw Refusals.MethodNotAllowed();
        }

        byte[] body = await RequestBody.ReadAsync(context.Request, context.RequestAborted).ConfigureAwait(false);
        JsonObject review = RequestBody.Object(body, RequestBody.MediaType(context.Request.ContentType), []);
        review["status"] = request.Resource switch
        {
            "tokenreviews" => TokenStatus(review.Object("spec")),
            "selfsubjectreviews" => new JsonObject { ["userInfo"] = UserInfo(request.User) },
            _ => AccessStatus(review.Object("spec"), request.User),
        };
        return ApiReply.Of(review, 201);
    }

    private JsonObject TokenStatus(JsonObject? spec)
    {
        string[] audiences = [.. (spec.List("audiences") ?? []).Select(a => a.AsText() ?? "")];
        if (authentication.UserOfToken(spec.Text("token") ?? "") is not { } user)
        {
            return new JsonObject { ["authenticated"] = false, ["user"] = new JsonObject(), ["error"] = "[invalid bearer token, token lookup failed]" };
        }

        string[] good = user.Audiences.Length == 0 ? ["https://kubernetes.default.svc.cluster.local"] : [.. user.Audiences];
        string[] shared = audiences.Length == 0 ? good : [.. audiences.Intersect(good)];
        return shared.Length == 0
            ? new JsonObject { ["authenticated"] = false, ["user"] = new JsonObject(), ["error"] = $"[invalid bearer token, token audiences [{string.Join(' ', good.Select(a => $"\"{a}\""))}] is invalid for the target audiences [{string.Join(' ', audiences.Select(a => $"\"{a}\""))}]]" }
            : new JsonObject { ["authenticated"] = true, ["user"] = UserInfo(user), ["audiences"] = new JsonArray([.. shared.Select(a => (JsonNode)a)]) };
    }

    private JsonObject AccessStatus(JsonObject? spec, ApiUser user)
    {
        JsonObject? asked = spec.Object("resourceAttributes");
        var request = new ApiRequest(asked.Text("verb") ?? "", asked.Text("group") ?? "", asked.Text("version") ?? "", asked.Text("resource") ?? "", asked.Text("subresource") ?? "", asked.Text("namespace") ?? "", asked.Text("name") ?? "")
        {
            User = user,
        };
        bool allowed = options.Authorize?.Invoke(request) ?? true;
        return new JsonObject { ["allowed"] = allowed };
    }

    private static JsonObject UserInfo(ApiUser user)
    {
        var info = new JsonObject { ["username"] = user.Name };
        if (user.Uid.Length > 0)
        {
            info["uid"] = user.Uid;
        }

        info["groups"] = new JsonArray([.. user.Groups.Append("system:authenticated").Distinct().Select(g => (JsonNode)g)]);
        if (!user.Extra.IsEmpty)
        {
            var extra = new JsonObject();
            foreach ((string key, var values) in user.Extra)
            {
                extra[key] = new JsonArray([.. values.Select(v => (JsonNode)v)]);
            }

            info["extra"] = extra;
        }

        return info;
    }
}
