using NodeAgent.Controller.Sources.Manifests;

namespace NodeAgent.Controller.Tests;

public sealed class FieldLinesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Fields_are_found_in_any_document_of_a_file_and_in_lists()
    {
        _folder.Write("all.yaml", """
            # A comment.
            apiVersion: v1
            kind: Service
            metadata: {name: first}
            spec:
              ports:
              - port: 80
            ---
            apiVersion: v1
            kind: List
            items:
            - apiVersion: v1
              kind: Service
              metadata:
                name: second
              spec:
                ports:
                - name: a
                  port: 80
                - name: b
                  port: 81
            """);
        ManifestRead read = new ManifestFolder(_folder.Root).Read();
        Assert.Empty(read.Problems);
        var lines = new FieldLines(_folder.Root);

        Assert.Equal(7, lines.Of(read.Places[0], "spec.ports[0].port"));
        Assert.Equal(5, lines.Of(read.Places[0], "spec.nothing.there"));
        Assert.Equal(2, lines.Of(read.Places[0], ""));
        Assert.Equal(21, lines.Of(read.Places[1], "spec.ports[1].port"));
        Assert.Equal(14, lines.Of(read.Places[1], "metadata"));
    }

    [Fact]
    public void Fields_are_found_in_json()
    {
        _folder.Write("s.json", "{\"apiVersion\": \"v1\", \"kind\": \"Service\",\n\"metadata\": {\"name\": \"s\"},\n\"spec\": {\"ports\": [\n{\"port\": 80}]}}");
        ManifestRead read = new ManifestFolder(_folder.Root).Read();

        Assert.Equal(4, new FieldLines(_folder.Root).Of(Assert.Single(read.Places), "spec.ports[0].port"));
    }

    [Fact]
    public void A_file_that_is_gone_leaves_the_line_of_the_object()
    {
        _folder.Write("s.yaml", "---\n" + Manifest.Service("s"));
        ManifestRead read = new ManifestFolder(_folder.Root).Read();
        File.Delete(_folder["s.yaml"]);

        Assert.Equal(2, new FieldLines(_folder.Root).Of(Assert.Single(read.Places), "spec.ports[0]"));
    }
}
