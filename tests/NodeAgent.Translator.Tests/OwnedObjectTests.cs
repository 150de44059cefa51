using System.Collections.Immutable;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Tests;

public class OwnedObjectTests
{
    [Fact]
    public void A_Gateway_has_a_headless_Service_with_its_labels_and_annotations()
    {
        OwnedObject service = Assert.Single(Translate(Make.Gateway("gw", [Make.Http()]) with
        {
            InfrastructureLabels = Map(("key2", "value2"), ("gateway.networking.k8s.io/gateway-name", "not-this")),
            InfrastructureAnnotations = Map(("key1", "value1")),
        }));
        Assert.Equal("default/gw", service.Gateway);
        Assert.Equal(
            """{"apiVersion":"v1","kind":"Service","metadata":{"namespace":"default","name":"nodeagent-gw","labels":{"app.kubernetes.io/managed-by":"nodeagent","gateway.networking.k8s.io/gateway-class-name":"nodeagent","gateway.networking.k8s.io/gateway-name":"gw","key2":"value2"},"annotations":{"key1":"value1"}},"spec":{"clusterIP":"None"}}""",
            service.ToJson().ToJsonString());
    }

    [Fact]
    public void A_name_too_long_for_a_label_is_shortened_and_stands_whole_in_an_annotation()
    {
        string name = new string('a', 62) + "." + new string('b', 190);
        OwnedObject service = Assert.Single(Translate(Make.Gateway(name, [Make.Http()])));
        string label = service.Labels["gateway.networking.k8s.io/gateway-name"];
        Assert.Matches("^a{54}-[0-9a-f]{8}$", label);
        Assert.Matches("^nodeagent-a{44}-[0-9a-f]{8}$", service.Name);
        Assert.Equal(name, service.Annotations["nodeagent.dev/gateway-name"]);
        Assert.NotEqual(label, Assert.Single(Translate(Make.Gateway(name[..^1], [Make.Http()]))).Labels["gateway.networking.k8s.io/gateway-name"]);
    }

    [Fact]
    public void A_Service_takes_no_dots() => Assert.Matches(
        "^nodeagent-a-b-[0-9a-f]{8}$", Assert.Single(Translate(Make.Gateway("a.b", [Make.Http()]))).Name);

    [Fact]
    public void A_Gateway_that_is_gone_or_of_another_class_has_none()
    {
        var translator = new IncrementalTranslator();
        Assert.Single(translator.Translate(Make.State(Make.Class(), Make.Gateway("gw", [Make.Http()]))).Objects);
        Assert.Empty(translator.Translate(Make.State(Make.Class())).Objects);
        Assert.Empty(Translate(Make.Gateway("gw", [Make.Http()]) with { GatewayClassName = "other" }));
        Assert.Empty(Translate(Make.Gateway("gw+v1alpha1", [Make.Http()])));
    }

    private static ImmutableArray<OwnedObject> Translate(Gateway gateway) =>
        GatewayTranslator.Translate(Make.State(Make.Class(), gateway)).Objects;

    private static ImmutableSortedDictionary<string, string> Map(params (string Key, string Value)[] entries) =>
        entries.ToImmutableSortedDictionary(e => e.Key, e => e.Value);
}
