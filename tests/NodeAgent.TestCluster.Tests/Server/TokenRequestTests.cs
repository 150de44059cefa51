using System.Buffers.Text;
using System.Text.Json.Nodes;

namespace NodeAgent.TestCluster.Tests.Server;

public sealed class TokenRequestTests : RunningServer
{
    private const string Reviews = "apis/authentication.k8s.io/v1/tokenreviews";

    private readonly ShiftedClock clock = new();

    private protected override TestApiServerOptions Options => new() { Https = false, Clock = clock };

    [Fact]
    public async Task A_token_of_a_ServiceAccount_lets_it_in()
    {
        await AccountAsync();
        Answer made = await TokenAsync("{}");
        Assert.Equal((201, "TokenRequest", 3600), (made.Code, (string?)made.Body!["kind"], (int)made.Body["spec"]!["expirationSeconds"]!));
        Answer self = await Api.SendAsync(HttpMethod.Post, "apis/authentication.k8s.io/v1/selfsubjectreviews", "{}", token: Token(made));
        JsonNode user = self.Body!["status"]!["userInfo"]!;
        Assert.Equal("system:serviceaccount:default:robot", (string?)user["username"]);
        Assert.Equal("""["system:serviceaccounts","system:serviceaccounts:default","system:authenticated"]""", user["groups"]!.ToJsonString());

        JsonNode claims = JsonNode.Parse(Base64Url.DecodeFromChars(Token(made).Split('.')[1]))!;
        Assert.Equal(((string?)user["username"], (string?)user["uid"]), ((string?)claims["sub"], (string?)claims["kubernetes.io"]!["serviceaccount"]!["uid"]));
        Assert.Equal(3600, (long)claims["exp"]! - (long)claims["iat"]!);
    }

    [Fact]
    public async Task A_token_is_for_its_audiences_alone()
    {
        await AccountAsync();
        string token = Token(await TokenAsync("""{"audiences":["controller"]}"""));

        Assert.Equal(401, (await Api.SendAsync(HttpMethod.Get, "api/v1/namespaces", null, token: token)).Code);
        Assert.True(await IsGoodAsync(token, "controller"));
        Assert.False(await IsGoodAsync(token, "other"));
    }

    [Fact]
    public async Task A_token_ends_with_its_time()
    {
        await AccountAsync();
        string token = Token(await TokenAsync("""{"expirationSeconds":600}"""));
        Assert.Equal(200, (await Api.SendAsync(HttpMethod.Get, "api/v1/namespaces", null, token: token)).Code);
        clock.Shift = TimeSpan.FromSeconds(601);

        Assert.Equal(401, (await Api.SendAsync(HttpMethod.Get, "api/v1/namespaces", null, token: token)).Code);
        Assert.False(await IsGoodAsync(token, ""));
    }

    [Fact]
    public async Task A_token_ends_with_its_account_and_with_the_Pod_it_is_bound_to()
    {
        await AccountAsync();
        JsonObject pod = await Server.ApplyAsync(JsonNode.Parse("""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","namespace":"default"},"spec":{"nodeName":"node-1","containers":[{"name":"c","image":"i"}]}}""")!);
        string bound = Token(await TokenAsync($$$"""{"boundObjectRef":{"apiVersion":"v1","kind":"Pod","name":"p","uid":"{{{pod["metadata"]!["uid"]}}}"}}"""));
        string free = Token(await TokenAsync("{}"));
        Answer review = await ReviewAsync(bound, "");
        Assert.Equal("""["node-1"]""", review.Body!["status"]!["user"]!["extra"]!["authentication.kubernetes.io/node-name"]!.ToJsonString());
        await Server.DeleteAsync("", "Pod", "default", "p");
        Assert.False(await IsGoodAsync(bound, ""));
        Assert.True(await IsGoodAsync(free, ""));
        await Server.DeleteAsync("", "ServiceAccount", "default", "robot");
        await AccountAsync();

        Assert.False(await IsGoodAsync(free, ""));
    }

    [Theory]
    [InlineData("""{"expirationSeconds":60}""", 422)]
    [InlineData("""{"boundObjectRef":{"apiVersion":"v1","kind":"Pod","name":"none"}}""", 404)]
    [InlineData("""{"boundObjectRef":{"apiVersion":"v1","kind":"Node","name":"none"}}""", 400)]
    public async Task What_cannot_be_given_is_refused(string spec, int code)
    {
        await AccountAsync();

        Assert.Equal(code, (await TokenAsync(spec)).Code);
        Assert.Equal(404, (await Api.PostAsync("api/v1/namespaces/default/serviceaccounts/none/token", new JsonObject())).Code);
        Assert.Equal(405, (await Api.GetAsync("api/v1/namespaces/default/serviceaccounts/robot/token")).Code);
        Assert.Equal(404, (await Api.PostAsync("api/v1/namespaces/default/configmaps/robot/token", new JsonObject())).Code);
    }

    private static string Token(Answer made) => (string)made.Body!["status"]!["token"]!;

    private Task<JsonObject> AccountAsync() => Server.ApplyAsync(JsonNode.Parse("""{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"robot","namespace":"default"}}""")!);

    private Task<Answer> TokenAsync(string spec) => Api.PostAsync("api/v1/namespaces/default/serviceaccounts/robot/token", new JsonObject { ["spec"] = JsonNode.Parse(spec) });

    private Task<Answer> ReviewAsync(string token, string audience) => Api.PostAsync(Reviews, new JsonObject
    {
        ["spec"] = new JsonObject { ["token"] = token, ["audiences"] = audience.Length == 0 ? new JsonArray() : new JsonArray(audience) },
    });

    private async Task<bool> IsGoodAsync(string token, string audience) => (bool)(await ReviewAsync(token, audience)).Body!["status"]!["authenticated"]!;

    private sealed class ShiftedClock : TimeProvider
    {
        public TimeSpan Shift { get; set; }

        public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2001, 2, 3, 4, 5, 6, TimeSpan.Zero) + Shift;
    }
}
