using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace NodeAgent.TestCluster.Tests.Server;

public sealed class AccessTests : RunningServer
{
    private protected override TestApiServerOptions Options { get; } = new()
    {
        Https = false,
        Tokens = new Dictionary<string, ApiUser>
        {
            ["node-token"] = new("system:serviceaccount:infra:agent")
            {
                Uid = "u-1",
                Groups = ["system:serviceaccounts"],
                Extra = ImmutableDictionary<string, ImmutableArray<string>>.Empty.Add("authentication.kubernetes.io/node-name", ["node-1"]),
                Audiences = ["controller"],
            },
        },
        Authorize = request => request.User.Name != "system:serviceaccount:infra:agent" || request.Verb is "get",
    };

    [Fact]
    public async Task Who_does_not_say_who_it_is_stays_outside()
    {
        using var stranger = new HttpClient { BaseAddress = Server.Url };
        var api = new Api(stranger);
        Answer refused = await api.GetAsync("api/v1/namespaces");

        Assert.Equal((401, "Unauthorized", "Unauthorized"), (refused.Code, refused.Reason, refused.Message));
        Assert.Equal(401, (await api.SendAsync(HttpMethod.Get, "api", null, token: "wrong")).Code);
        Assert.Equal(200, (await api.GetAsync("version")).Code);
        Assert.Equal(200, (await api.GetAsync("readyz")).Code);
    }

    [Fact]
    public async Task Who_may_not_is_told_what_it_may_not()
    {
        Answer list = await Api.SendAsync(HttpMethod.Get, "apis/apps/v1/namespaces/default/deployments", null, token: "node-token");
        Answer status = await Api.SendAsync(HttpMethod.Patch, "api/v1/namespaces/default/services/s/status", "{}", "application/merge-patch+json", token: "node-token");
        Answer wide = await Api.SendAsync(HttpMethod.Get, "api/v1/namespaces", null, token: "node-token");

        Assert.Equal((403, "Forbidden"), (list.Code, list.Reason));
        Assert.Equal("deployments.apps is forbidden: User \"system:serviceaccount:infra:agent\" cannot list resource \"deployments\" in API group \"apps\" in the namespace \"default\"", list.Message);
        Assert.Equal("services \"s\" is forbidden: User \"system:serviceaccount:infra:agent\" cannot patch resource \"services/status\" in API group \"\" in the namespace \"default\"", status.Message);
        Assert.Equal("namespaces is forbidden: User \"system:serviceaccount:infra:agent\" cannot list resource \"namespaces\" in API group \"\" at the cluster scope", wide.Message);
        Assert.Equal(200, (await Api.SendAsync(HttpMethod.Get, "api/v1/namespaces/default", null, token: "node-token")).Code);
    }

    [Theory]
    [InlineData("node-token", "controller", true)]
    [InlineData("node-token", "other", false)]
    [InlineData("wrong", "controller", false)]
    public async Task Tokens_are_reviewed(string token, string audience, bool good)
    {
        Answer review = await Api.PostAsync("apis/authentication.k8s.io/v1/tokenreviews", new JsonObject
        {
            ["apiVersion"] = "authentication.k8s.io/v1",
            ["kind"] = "TokenReview",
            ["spec"] = new JsonObject { ["token"] = token, ["audiences"] = new JsonArray(audience) },
        });
        JsonNode status = review.Body!["status"]!;

        Assert.Equal((201, good), (review.Code, (bool)status["authenticated"]!));
        if (good)
        {
            Assert.Equal("system:serviceaccount:infra:agent", (string?)status["user"]!["username"]);
            Assert.Equal("node-1", (string?)status["user"]!["extra"]!["authentication.kubernetes.io/node-name"]![0]);
            Assert.Equal("""["controller"]""", status["audiences"]!.ToJsonString());
        }
        else
        {
            Assert.StartsWith("[invalid bearer token", (string?)status["error"], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Every_request_is_in_the_log()
    {
        await Api.PostAsync(Api.Deployments, Api.Deployment("d"));
        await Api.MergeAsync(Api.Deployments + "/d/status", """{"status":{"replicas":1}}""");
        await Api.MergeAsync(Api.Deployments + "/none/status", """{"status":{"replicas":1}}""");

        Assert.Equal(1, Server.Requests.StatusWrites("deployments", "default", "d"));
        Assert.Equal(0, Server.Requests.StatusWrites("deployments", "default", "none"));
        LoggedRequest created = Assert.Single(Server.Requests.All, r => r.Request.Verb == "create");
        Assert.Equal((201, "deployments", "kubernetes-admin", "test"), (created.Code, created.Request.Resource, created.Request.User.Name, created.Request.UserAgent));
    }
}
