using System.Text.Json.Nodes;

namespace NodeAgent.TestCluster.Tests.Server;

public sealed class ScaleTests : RunningServer
{
    private const string D = Api.Deployments + "/d";

    [Fact]
    public async Task The_scale_of_a_deployment_is_read_and_written()
    {
        await Api.PostAsync(Api.Deployments, Api.Deployment("d", replicas: 2));
        Answer scale = await Api.GetAsync(D + "/scale");
        Assert.Equal(("Scale", "autoscaling/v1"), ((string?)scale.Body!["kind"], (string?)scale.Body["apiVersion"]));
        Assert.Equal("""{"replicas":2}""", scale.Body["spec"]!.ToJsonString());
        Assert.Equal("""{"replicas":0,"selector":"app=d"}""", scale.Body["status"]!.ToJsonString());

        scale.Body["spec"]!["replicas"] = 3;
        Assert.Equal(200, (await Api.PutAsync(D + "/scale", scale.Body)).Code);
        Assert.Equal(409, (await Api.PutAsync(D + "/scale", scale.Body)).Code);
        Answer patched = await Api.MergeAsync(D + "/scale", """{"spec":{"replicas":4}}""");
        Assert.Equal((200, 4), (patched.Code, (int)patched.Body!["spec"]!["replicas"]!));
        Answer now = await Api.GetAsync(D);
        Assert.Equal((4, 3), ((int)now.Body!["spec"]!["replicas"]!, now.Generation));
        Assert.Contains(now.Body["metadata"]!["managedFields"]!.AsArray(), e => (string?)e!["subresource"] == "scale");
    }

    [Fact]
    public async Task What_has_no_scale_has_no_such_path()
    {
        await Api.PostAsync(Api.ConfigMaps, Api.ConfigMap("a"));
        await Api.PostAsync(Api.Deployments, Api.Deployment("d"));

        Assert.Equal(404, (await Api.GetAsync(Api.ConfigMaps + "/a/scale")).Code);
        Assert.Equal(404, (await Api.GetAsync(Api.Deployments + "/none/scale")).Code);
        Assert.Equal(405, (await Api.DeleteAsync(D + "/scale")).Code);
        Assert.Equal(422, (await Api.MergeAsync(D + "/scale", """{"spec":{"replicas":-1}}""")).Code);
        Assert.Equal(400, (await Api.MergeAsync(D + "/scale", """{"kind":"Deployment","spec":{"replicas":1}}""")).Code);
        Assert.Equal(415, (await Api.ApplyAsync(D + "/scale", "me", new JsonObject())).Code);
    }

    [Fact]
    public async Task Custom_objects_scale_where_their_definition_says()
    {
        await Server.InstallCrdsAsync(DefinitionRequestTests.Definition.Replace(
            "subresources: {status: {}}",
            "subresources: {status: {}, scale: {specReplicasPath: .spec.size, statusReplicasPath: .status.sizes.now, labelSelectorPath: .status.selector}}",
            StringComparison.Ordinal));
        await Server.ApplyAsync(JsonNode.Parse("""{"apiVersion":"example.com/v1","kind":"Thing","metadata":{"name":"t","namespace":"default"},"spec":{"size":2},"status":{"sizes":{"now":1},"selector":"a=b"}}""")!);
        Answer scale = await Api.MergeAsync("apis/example.com/v1/namespaces/default/things/t/scale", """{"spec":{"replicas":7}}""");

        Assert.Equal(("""{"replicas":7}""", """{"replicas":1,"selector":"a=b"}"""), (scale.Body!["spec"]!.ToJsonString(), scale.Body["status"]!.ToJsonString()));
        Assert.Equal(7, (int)Server.Get("example.com", "Thing", "default", "t")!["spec"]!["size"]!);
        Answer resources = await Api.GetAsync("apis/example.com/v1");
        Assert.Contains(resources.Body!["resources"]!.AsArray(), r => (string?)r!["name"] == "things/scale" && (string?)r["group"] == "autoscaling" && (string?)r["kind"] == "Scale");
    }
}
