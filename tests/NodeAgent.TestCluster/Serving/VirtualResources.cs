using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using NodeAgent.TestCluster.Access;
using NodeAgent.TestCluster.Api;
using NodeAgent.TestCluster.Json;
using NodeAgent.TestCluster.Schemas;

namespace NodeAgent.TestCluster.Serving;

/// <summary>Resources that are answers and are kept nowhere: token and access reviews.</summary>
internal sealed class VirtualResources(Authentication authentication, KindRegistry kinds, TestApiServerOptions options)
{
    public static ImmutableArray<VirtualKind> All { get; } =
    [
        new("authentication.k8s.io", "v1", "tokenreviews", "TokenReview"),
        new("authentication.k8s.io", "v1", "selfsubjectreviews", "SelfSubjectReview"),
        new("authorization.k8s.io", "v1", "localsubjectaccessreviews", "LocalSubjectAccessReview", Namespaced: true),
        new("authorization.k8s.io", "v1", "selfsubjectaccessreviews", "SelfSubjectAccessReview"),
        new("authorization.k8s.io", "v1", "selfsubjectrulesreviews", "SelfSubjectRulesReview"),
        new("authorization.k8s.io", "v1", "subjectaccessreviews", "SubjectAccessReview"),
    ];

    public bool Serves(ApiRequest request) => All.Any(r => r.Group == request.Group && r.Version == request.Version && r.Plural == request.Resource && r.Namespaced == request.Namespace.Length > 0);

    public async Task<ApiReply> AnswerAsync(ApiRequest request, HttpContext context)
    {
        if (request.Verb != "create")
        {
            throw Refusals.MethodNotAllowed();
        }

        byte[] body = await RequestBody.ReadAsync(context.Request, context.RequestAborted).ConfigureAwait(false);
        JsonObject review = RequestBody.Object(body, RequestBody.MediaType(context.Request.ContentType), []);
        JsonObject? spec = review.Object("spec");
        review["status"] = request.Resource switch
        {
            "tokenreviews" => TokenStatus(spec),
            "selfsubjectreviews" => new JsonObject { ["userInfo"] = UserInfo(request.User) },
            "selfsubjectrulesreviews" => RulesStatus(spec.Text("namespace") ?? "", request.User),
            "subjectaccessreviews" => AccessStatus(spec, Subject(spec)),
            "localsubjectaccessreviews" => AccessStatus(OfNamespace(spec, request.Namespace), Subject(spec)),
            _ => AccessStatus(spec, request.User),
        };
        return ApiReply.Of(review, 201);
    }

    private JsonObject TokenStatus(JsonObject? spec)
    {
        if (spec.Text("token") is null or "")
        {
            throw Refusals.BadRequest("token is required for TokenReview in authentication");
        }

        string[] audiences = [.. (spec.List("audiences") ?? []).Select(a => a.AsText() ?? "")];
        if (authentication.UserOfToken(spec.Text("token") ?? "") is not { } user)
        {
            return new JsonObject { ["authenticated"] = false, ["user"] = new JsonObject(), ["error"] = "[invalid bearer token, token lookup failed]" };
        }

        string[] good = user.Audiences.Length == 0 ? [Authentication.ServerAudience] : [.. user.Audiences];
        string[] shared = audiences.Length == 0 ? good : [.. audiences.Intersect(good)];
        return shared.Length == 0
            ? new JsonObject { ["authenticated"] = false, ["user"] = new JsonObject(), ["error"] = $"[invalid bearer token, token audiences [{string.Join(' ', good.Select(a => $"\"{a}\""))}] is invalid for the target audiences [{string.Join(' ', audiences.Select(a => $"\"{a}\""))}]]" }
            : new JsonObject { ["authenticated"] = true, ["user"] = UserInfo(user), ["audiences"] = new JsonArray([.. shared.Select(a => (JsonNode)a)]) };
    }

    private JsonObject AccessStatus(JsonObject? spec, ApiUser user)
    {
        if (spec.Object("resourceAttributes") is not { } asked)
        {
            // What is no resource is open to everyone who is known.
            return spec.Object("nonResourceAttributes") is null
                ? throw Invalid("spec.resourceAttributes", "exactly one of nonResourceAttributes or resourceAttributes must be specified")
                : new JsonObject { ["allowed"] = true };
        }

        var request = new ApiRequest(asked.Text("verb") ?? "", asked.Text("group") ?? "", asked.Text("version") ?? "", asked.Text("resource") ?? "", asked.Text("subresource") ?? "", asked.Text("namespace") ?? "", asked.Text("name") ?? "")
        {
            User = user,
        };
        return new JsonObject { ["allowed"] = IsAllowed(request) };
    }

    /// <summary>All that a user may do in a namespace, kind by kind.</summary>
    private JsonObject RulesStatus(string ns, ApiUser user)
    {
        if (ns.Length == 0)
        {
            throw Refusals.BadRequest("no namespace on request");
        }

        var rules = new JsonArray();
        if (options.Authorize is null)
        {
            rules.Add(Rule(["*"], "*", "*"));
        }
        else
        {
            foreach (ServedKind kind in kinds.All)
            {
                string[] allowed = [.. Discovery.Verbs(kind).Where(v => IsAllowed(new ApiRequest(v, kind.Group, kind.Version, kind.Plural, "", kind.Namespaced ? ns : "", "") { User = user }))];
                if (allowed.Length > 0)
                {
                    rules.Add(Rule(allowed, kind.Group, kind.Plural));
                }
            }
        }

        var pages = new JsonArray(new JsonObject { ["verbs"] = new JsonArray("get"), ["nonResourceURLs"] = new JsonArray("*") });
        return new JsonObject { ["resourceRules"] = rules, ["nonResourceRules"] = pages, ["incomplete"] = false };
    }

    private static JsonObject Rule(IEnumerable<string> verbs, string group, string plural) => new()
    {
        ["verbs"] = new JsonArray([.. verbs.Select(v => (JsonNode)v)]),
        ["apiGroups"] = new JsonArray(group),
        ["resources"] = new JsonArray(plural),
    };

    private bool IsAllowed(ApiRequest request) => options.Authorize?.Invoke(request) ?? true;

    private static ApiUser Subject(JsonObject? spec)
    {
        string name = spec.Text("user") ?? "";
        ImmutableArray<string> groups = [.. (spec.List("groups") ?? []).Select(g => g.AsText() ?? "")];
        return name.Length == 0 && groups.IsEmpty
            ? throw Invalid("spec.user", "at least one of user or group must be specified")
            : new ApiUser(name)
            {
                Uid = spec.Text("uid") ?? "",
                Groups = groups,
                Extra = (spec.Object("extra") ?? []).ToImmutableDictionary(e => e.Key, e => ((e.Value as JsonArray) ?? []).Select(v => v.AsText() ?? "").ToImmutableArray()),
            };
    }

    private static JsonObject? OfNamespace(JsonObject? spec, string ns) => spec.Object("resourceAttributes").Text("namespace") == ns
        ? spec
        : throw Invalid("spec.resourceAttributes.namespace", $"must match metadata.namespace: {ns}");

    private static ApiRefusal Invalid(string field, string why) =>
        Refusals.Invalid(new ServedKind("authorization.k8s.io", "v1", "SubjectAccessReview", "", "", false, new PermissiveSchema("", "", "")), "", [FieldErrors.Invalid(field, "", why)]);

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
