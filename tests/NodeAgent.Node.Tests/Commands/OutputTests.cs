using System.Text.Json.Nodes;
using NodeAgent.Commands;

namespace NodeAgent.Node.Tests.Commands;

public sealed class OutputTests
{
    [Fact]
    public void Yaml_quotes_whatever_a_reader_could_take_for_something_else()
    {
        JsonNode tree = JsonNode.Parse("""
            {"kind":"Gateway","no":"yes","port":8080,"host":"*.example","version":"1.10","empty":"","list":[],"map":{},
             "nothing":null,"flag":true,"items":[{"a":"x","b":["y","z w"]},["n1",2],"tail"]}
            """)!;
        using var text = new StringWriter();

        YamlText.Write(text, tree);

        Assert.Equal("""
            kind: Gateway
            "no": "yes"
            port: 8080
            host: "*.example"
            version: "1.10"
            empty: ""
            list: []
            map: {}
            nothing: null
            flag: true
            items:
            - a: x
              b:
              - "y"
              - "z w"
            - - n1
              - 2
            - tail

            """, text.ToString());
    }

    [Fact]
    public void The_table_shows_addresses_listeners_parents_and_only_the_reasons_of_bad_conditions()
    {
        JsonArray objects = (JsonArray)JsonNode.Parse("""
            [{"kind":"Gateway","metadata":{"namespace":"default","name":"gw"},"status":{
               "addresses":[{"type":"IPAddress","value":"127.80.0.1"}],
               "conditions":[{"type":"Accepted","status":"True","reason":"Accepted"},{"type":"Programmed","status":"False","reason":"AddressNotAssigned"}],
               "listeners":[{"name":"http","attachedRoutes":2,"conditions":[
                 {"type":"Conflicted","status":"False","reason":"NoConflicts"},{"type":"Accepted","status":"True","reason":"Accepted"}]}]}},
             {"kind":"HTTPRoute","metadata":{"namespace":"default","name":"r"},"status":{"parents":[
               {"parentRef":{"name":"gw","sectionName":"http"},"conditions":[{"type":"ResolvedRefs","status":"False","reason":"BackendNotFound"}]},
               {"parentRef":{"name":"gw","namespace":"other","port":80},"conditions":[{"type":"Accepted","status":"True","reason":"Accepted"}]}]}},
             {"kind":"GatewayClass","metadata":{"name":"nodeagent"},"status":{"conditions":[{"type":"Accepted","status":"True","reason":"Accepted"}]}}]
            """)!;

        string[] rows = [.. StatusTable.Rows(objects).Select(row => string.Join('|', row))];

        Assert.Equal(
        [
            "Gateway|default/gw|127.80.0.1|Accepted, Programmed=False(AddressNotAssigned)",
            "|  listener http|2 routes|Accepted",
            "HTTPRoute|default/r|gw/http|ResolvedRefs=False(BackendNotFound)",
            "||other/gw:80|Accepted",
            "GatewayClass|nodeagent|-|Accepted",
        ], rows);
    }

    [Fact]
    public void The_table_is_not_wrapped_for_scripts_and_takes_brackets_literally()
    {
        string name = "[red]" + new string('x', 200);
        var objects = new JsonArray(new JsonObject
        {
            ["kind"] = "Gateway",
            ["metadata"] = new JsonObject { ["namespace"] = "default", ["name"] = name },
        });
        using var text = new StringWriter();

        StatusTable.Write(text, objects);

        Assert.Contains($"default/{name}", text.ToString(), StringComparison.Ordinal);
    }
}
