using System.Text;
using System.Text.Json;
using NodeAgent.Controller.Cluster;
using NodeAgent.Controller.Sources.Kubernetes;
using NodeAgent.Translator.Api;

namespace NodeAgent.Controller.Tests.Cluster;

public sealed class KindMirrorTests
{
    private readonly ClusterStore _store = new();
    private int _changes;

    public KindMirrorTests() => _store.Want(
        [("n", "a"), ("n", "b"), ("m", "a"), ("n", "new"), .. Enumerable.Range(0, 100).Select(i => ("n", $"s{i}"))]);

    [Fact]
    public void What_is_listed_and_changed_is_there_and_what_is_removed_is_gone()
    {
        KindMirror mirror = Mirror("", "Service");
        mirror.ListBegins();
        mirror.Listed(Json("""{"metadata": {"name": "a", "namespace": "n"}, "spec": {"ports": [{"port": 80}]}}"""));
        Assert.False(mirror.Synced);
        mirror.ListEnds();
        Assert.True(mirror.Synced);
        mirror.Changed(Json("""{"metadata": {"name": "b", "namespace": "n"}, "spec": {"ports": [{"port": 81}]}}"""));
        Assert.Equal([80, 81], _store.Objects.Cast<Service>().Select(s => s.Ports[0].Port));

        mirror.Removed(Json("""{"metadata": {"name": "a", "namespace": "n"}}"""));

        Assert.Equal(["n/b"], _store.Objects.Select(o => o.Meta.Key));
    }

    [Fact]
    public void A_new_list_removes_what_it_has_not_but_only_what_it_would_have_had()
    {
        KindMirror all = Mirror("", "Service");
        KindMirror one = Mirror("", "Service", (ns, _) => ns == "n");
        foreach (string ns in new[] { "n", "m" })
        {
            all.Changed(Json($$$"""{"metadata": {"name": "a", "namespace": "{{{ns}}}"}, "spec": {"ports": [{"port": 80}]}}"""));
        }

        one.ListBegins();
        one.ListFails();
        Assert.Equal(2, _store.Objects.Length);
        one.ListBegins();
        one.ListEnds();

        Assert.Equal(["m/a"], _store.Objects.Select(o => o.Meta.Key));
    }

    [Fact]
    public void What_one_watch_hears_meanwhile_is_not_missing_in_the_list_of_another()
    {
        KindMirror one = Mirror("", "Service", (_, name) => name == "a");
        KindMirror all = Mirror("", "Service");
        JsonElement a = Json("""{"metadata": {"name": "a", "namespace": "n"}, "spec": {"ports": [{"port": 80}]}}""");
        one.ListBegins();
        one.Listed(a);
        one.ListEnds();
        all.ListBegins();
        all.Listed(a);

        one.Changed(a);
        all.ListEnds();

        Assert.Equal(["n/a"], _store.Objects.Select(o => o.Meta.Key));
    }

    [Fact]
    public void A_kind_that_is_not_served_any_more_has_no_objects()
    {
        KindMirror mirror = Mirror("", "Service");
        mirror.Changed(Json("""{"metadata": {"name": "a", "namespace": "n"}, "spec": {"ports": [{"port": 80}]}}"""));

        mirror.NotServed();

        Assert.Empty(_store.Objects);
        Assert.True(mirror.Synced);
    }

    [Fact]
    public void A_change_of_status_is_for_writers_and_nothing_new_for_translation()
    {
        KindMirror mirror = Mirror(Groups.Gateway, "GatewayClass");
        var told = new List<StoredKey>();
        _store.Changed += told.Add;
        mirror.Changed(Class(1, """{"a": 1}"""));
        ApiObject before = Assert.Single(_store.Objects);
        (long version, int changes) = (_store.Version, _changes);

        mirror.Changed(Class(2, """{"a": 2}"""));

        Assert.Same(before, Assert.Single(_store.Objects));
        Assert.Equal((version, changes), (_store.Version, _changes));
        Assert.Equal(2, told.Count);
        StoredObject stored = _store.Find(Groups.Gateway, "GatewayClass", "", "c")!;
        Assert.Equal(("2", "u", """{"a": 2}"""), (stored.ResourceVersion, stored.Uid, Encoding.UTF8.GetString(stored.Status.Span)));
        Assert.Equal("f", Assert.Single(stored.Finalizers));
        Assert.Equal(new ApiResource(Groups.Gateway, "v1", "gatewayclasses", "GatewayClass", false), stored.Resource);
    }

    [Fact]
    public void An_object_that_cannot_be_read_keeps_its_last_good_version_until_it_can()
    {
        KindMirror mirror = Mirror("", "Service");
        mirror.Changed(Json("""{"metadata": {"name": "a", "namespace": "n"}, "spec": {"ports": [{"port": 80}]}}"""));
        ApiObject good = Assert.Single(_store.Objects);

        mirror.Changed(Json("""{"metadata": {"name": "a", "namespace": "n"}, "spec": {"ports": [{"port": 0}]}}"""));
        Assert.Same(good, Assert.Single(_store.Objects));
        Assert.Equal("Service n/a spec.ports[0].port: is the number 0, must be a whole number from 1 to 65535", Assert.Single(_store.Problems).ToString());

        mirror.Changed(Json("""{"metadata": {"name": "a", "namespace": "n"}, "spec": {"ports": [{"port": 81}]}}"""));
        Assert.Equal(81, Assert.IsType<Service>(Assert.Single(_store.Objects)).Ports[0].Port);
        Assert.Empty(_store.Problems);
    }

    [Fact]
    public void What_could_never_be_read_is_known_to_writers()
    {
        KindMirror mirror = Mirror(Groups.Gateway, "GatewayClass");

        mirror.Changed(Json("""{"metadata": {"name": "c", "uid": "u"}, "spec": {}}"""));

        Assert.Empty(_store.Objects);
        Assert.Equal("spec.controllerName", Assert.Single(Assert.Single(_store.Rejected).Problems).Path);
        mirror.Removed(Json("""{"metadata": {"name": "c"}}"""));
        Assert.Empty(_store.Rejected);
        Assert.Empty(_store.Problems);
    }

    [Fact]
    public void Fields_that_are_newer_than_we_are_do_no_harm()
    {
        KindMirror mirror = Mirror(Groups.Gateway, "GatewayClass");

        mirror.Changed(Json("""{"metadata": {"name": "c", "newer": 1}, "spec": {"controllerName": "a.b/c", "newer": {"x": []}}, "newest": 1}"""));

        Assert.Equal("a.b/c", Assert.IsType<GatewayClass>(Assert.Single(_store.Objects)).ControllerName);
    }

    [Fact]
    public void Slices_of_no_Service_and_definitions_of_others_are_not_kept()
    {
        KindMirror slices = Mirror("discovery.k8s.io", "EndpointSlice");
        slices.Changed(Json("""{"metadata": {"name": "a", "namespace": "n"}, "addressType": "IPv4", "endpoints": []}"""));
        KindMirror definitions = Mirror(Groups.Extensions, "CustomResourceDefinition");
        definitions.Changed(Json("""{"metadata": {"name": "cars.example.com"}, "spec": {"group": "example.com", "versions": []}}"""));

        Assert.Empty(_store.Objects);
        Assert.Empty(_store.Counts);
    }

    [Fact]
    public void A_Service_that_we_manage_is_kept_with_its_metadata()
    {
        KindMirror mirror = Mirror("", "Service");
        const string Meta = """{"name":"a","namespace":"n","labels":{"app.kubernetes.io/managed-by":"nodeagent"},"annotations":{"x":"y"}}""";
        mirror.Changed(Json($$$"""{"metadata": {{{Meta}}}, "spec": {"ports": [{"port": 80}]}}"""));
        mirror.Changed(Json("""{"metadata": {"name": "b", "namespace": "n"}, "spec": {"ports": [{"port": 80}]}}"""));

        StoredObject ours = Assert.Single(_store.All("", "Service"));

        Assert.Equal(Meta, Encoding.UTF8.GetString(ours.Metadata.Span));
        Assert.Null(_store.Find("", "Service", "n", "b"));
        var told = new List<StoredKey>();
        _store.Changed += told.Add;
        mirror.Changed(Json("""{"metadata": {"name": "a", "namespace": "n"}, "spec": {"ports": [{"port": 80}]}}"""));
        Assert.Equal("Service n/a", Assert.Single(told).ToString());
        Assert.Null(_store.Find("", "Service", "n", "a"));
    }

    [Fact]
    public void One_change_among_many_keeps_every_other_object_in_its_place()
    {
        KindMirror mirror = Mirror("", "Service");
        for (int i = 0; i < 100; i++)
        {
            mirror.Changed(Json($$$"""{"metadata": {"name": "s{{{i}}}", "namespace": "n"}, "spec": {"ports": [{"port": 80}]}}"""));
        }

        ApiObject[] before = [.. _store.Objects];
        mirror.Changed(Json("""{"metadata": {"name": "s40", "namespace": "n"}, "spec": {"ports": [{"port": 8080}]}}"""));
        mirror.Removed(Json("""{"metadata": {"name": "s60", "namespace": "n"}}"""));
        mirror.Changed(Json("""{"metadata": {"name": "new", "namespace": "n"}, "spec": {"ports": [{"port": 80}]}}"""));
        ApiObject[] after = [.. _store.Objects];

        Assert.Equal(100, after.Length);
        Assert.Equal([40, 60], Enumerable.Range(0, 100).Where(i => !ReferenceEquals(before[i], after[i])));
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    private static JsonElement Class(int version, string status) => Json(
        $$$"""{"metadata": {"name": "c", "uid": "u", "resourceVersion": "{{{version}}}", "managedFields": [{"time": "{{{version}}}"}], "finalizers": ["f"]}, "spec": {"controllerName": "a.b/c"}, "status": {{{status}}}}""");

    private KindMirror Mirror(string group, string kind, Func<string, string, bool>? covers = null)
    {
        ClusterKind of = ClusterKind.All.Single(k => k.Group == group && k.Kind == kind);
        string plural = kind.ToLowerInvariant() + (kind.EndsWith("Class", StringComparison.Ordinal) ? "es" : "s");
        var resource = new ApiResource(group, of.Versions[0], plural, kind, of.Namespaced);
        return new KindMirror(_store, of, covers ?? ((_, _) => true), () => _changes++, TimeProvider.System) { Resource = () => resource };
    }
}
