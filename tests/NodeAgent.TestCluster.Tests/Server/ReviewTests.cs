using System.Text.Json.Nodes;

namespace NodeAgent.TestCluster.Tests.Server;

/// <summary>Who may do what: asked for oneself, for others, and in the name of others.</summary>
public sealed class ReviewTests : RunningServer
{
    private const string Authorization = "apis/authorization.k8s.io/v1/";

    private protected override TestApiServerOptions Options => new()
    {
        Https = false,
        Tokens = new Dictionary<string, ApiUser> { ["jane-token"] = new("jane") },
        Authorize = r => r.User.Name == "kubernetes-admin" || r.User.Groups.Contains("writers")
            || (r.Verb is "get" or "list" && r.Resource is "pods" && r.Namespace is "default"),
    };

    [Theory]
    [InlineData("""{"user":"jane","resourceAttributes":{"verb":"get","resource":"pods","namespace":"default"}}""", true)]
    [InlineData("""{"user":"jane","resourceAttributes":{"verb":"delete","resource":"pods","namespace":"default"}}""", false)]
    [InlineData("""{"user":"jane","groups":["writers"],"resourceAttributes":{"verb":"delete","resource":"pods","namespace":"default"}}""", true)]
    [InlineData("""{"user":"jane","nonResourceAttributes":{"verb":"get","path":"/version"}}""", true)]
    public async Task Rights_of_others_are_told(string spec, bool allowed)
    {
        Answer review = await Api.PostAsync(Authorization + "subjectaccessreviews", new JsonObject { ["spec"] = JsonNode.Parse(spec) });

        Assert.Equal((201, allowed), (review.Code, (bool)review.Body!["status"]!["allowed"]!));
    }

    [Fact]
    public async Task Rights_within_a_namespace_are_asked_there()
    {
        Answer review = await Api.PostAsync(Authorization + "namespaces/default/localsubjectaccessreviews", JsonNode.Parse("""{"spec":{"user":"jane","resourceAttributes":{"verb":"get","resource":"pods","namespace":"default"}}}""")!);
        Answer elsewhere = await Api.PostAsync(Authorization + "namespaces/default/localsubjectaccessreviews", JsonNode.Parse("""{"spec":{"user":"jane","resourceAttributes":{"verb":"get","resource":"pods","namespace":"other"}}}""")!);

        Assert.True((bool)review.Body!["status"]!["allowed"]!);
        Assert.Equal(422, elsewhere.Code);
        Assert.Equal(422, (await Api.PostAsync(Authorization + "subjectaccessreviews", JsonNode.Parse("""{"spec":{"resourceAttributes":{"verb":"get"}}}""")!)).Code);
        Assert.Equal(403, (await Api.SendAsync(HttpMethod.Post, Authorization + "subjectaccessreviews", """{"spec":{"user":"jane","resourceAttributes":{"verb":"get"}}}""", token: "jane-token")).Code);
    }

    [Fact]
    public async Task Ones_own_rights_are_listed()
    {
        Answer review = await Api.SendAsync(HttpMethod.Post, Authorization + "selfsubjectrulesreviews", """{"spec":{"namespace":"default"}}""", token: "jane-token");

        Assert.Equal("""[{"verbs":["get","list"],"apiGroups":[""],"resources":["pods"]}]""", review.Body!["status"]!["resourceRules"]!.ToJsonString());
    }

    [Fact]
    public async Task Who_may_can_ask_in_the_name_of_others()
    {
        Answer self = await AsAsync(null, "apis/authentication.k8s.io/v1/selfsubjectreviews", HttpMethod.Post, ("Impersonate-User", "joe"), ("Impersonate-Group", "a"), ("Impersonate-Extra-Scopes%2Fx", "s"));
        JsonNode user = self.Body!["status"]!["userInfo"]!;
        Assert.Equal(("joe", """["a","system:authenticated"]""", """{"scopes/x":["s"]}"""), ((string?)user["username"], user["groups"]!.ToJsonString(), user["extra"]!.ToJsonString()));
        Answer account = await AsAsync(null, "apis/authentication.k8s.io/v1/selfsubjectreviews", HttpMethod.Post, ("Impersonate-User", "system:serviceaccount:n:robot"));
        Assert.Equal("""["system:serviceaccounts","system:serviceaccounts:n","system:authenticated"]""", account.Body!["status"]!["userInfo"]!["groups"]!.ToJsonString());

        Assert.Equal(403, (await AsAsync(null, "api/v1/namespaces", HttpMethod.Get, ("Impersonate-User", "joe"))).Code);
        Assert.Equal(200, (await AsAsync(null, "api/v1/namespaces", HttpMethod.Get, ("Impersonate-User", "joe"), ("Impersonate-Group", "writers"))).Code);
        Assert.Equal("joe", Server.Requests.All[^1].Request.User.Name);
        Answer refused = await AsAsync("jane-token", "api/v1/namespaces/default/pods", HttpMethod.Get, ("Impersonate-User", "joe"));
        Assert.Equal((403, "users \"joe\" is forbidden: User \"jane\" cannot impersonate resource \"users\" in API group \"\" at the cluster scope"), (refused.Code, refused.Message));
        Assert.Equal(400, (await AsAsync(null, "api", HttpMethod.Get, ("Impersonate-Group", "a"))).Code);
    }

    private async Task<Answer> AsAsync(string? token, string path, HttpMethod method, params (string Name, string Value)[] headers)
    {
        using var client = new HttpClient { BaseAddress = Server.Url };
        foreach ((string name, string value) in headers)
        {
            client.DefaultRequestHeaders.Add(name, value);
        }

        return await new Api(client).SendAsync(method, path, method == HttpMethod.Post ? "{}" : null, token: token ?? Server.Token);
    }

    [Fact]
    public async Task Who_may_see_one_object_may_list_and_watch_it_by_its_name()
    {
        await using TestApiServer server = await TestApiServer.StartAsync(new TestApiServerOptions { Https = false, Authorize = r => r.Resource != "secrets" || r.Name == "one" });
        var api = new Api(server.Client);

        Assert.Equal(200, (await api.GetAsync("api/v1/namespaces/default/secrets?fieldSelector=metadata.name%3Done")).Code);
        Assert.Equal(200, (await api.GetAsync("api/v1/namespaces/default/secrets?watch=1&timeoutSeconds=1&fieldSelector=metadata.name%3Done")).Code);
        Assert.Equal(403, (await api.GetAsync("api/v1/namespaces/default/secrets?fieldSelector=metadata.name%3Dtwo")).Code);
        Assert.Equal(403, (await api.GetAsync("api/v1/namespaces/default/secrets")).Code);
    }

    [Fact]
    public async Task A_review_is_of_a_token()
    {
        Answer refused = await Api.PostAsync("apis/authentication.k8s.io/v1/tokenreviews", JsonNode.Parse("""{"spec":{}}""")!);

        Assert.Equal((400, "token is required for TokenReview in authentication"), (refused.Code, refused.Message));
    }
}
