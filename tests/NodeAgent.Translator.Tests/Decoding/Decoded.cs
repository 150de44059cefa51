using System.Collections.Immutable;
using System.Text.Json;
using NodeAgent.Controller.Sources.Manifests;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Tests.Decoding;

/// <summary>Documents as tests write them: YAML in, object or problem lines out.</summary>
internal static class Decoded
{
    public static T One<T>(string yaml)
        where T : ApiObject
    {
        ManifestRead read = ManifestText.Read("in.yaml", yaml);
        Assert.Empty(read.Problems);
        return Assert.IsType<T>(Assert.Single(read.Objects));
    }

    /// <summary>Each problem as <c>field: what, allowed</c>; nothing was decoded beside them.</summary>
    public static ImmutableArray<string> Problems(string yaml)
    {
        ManifestRead read = ManifestText.Read("in.yaml", yaml);
        Assert.Empty(read.Objects);
        return [.. read.Problems.Select(p => $"{p.Field}: {p.Text}")];
    }

    public static DecodeResult Json(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return ApiDecoder.Decode(document.RootElement);
    }
}
