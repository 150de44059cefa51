using System.Collections.Immutable;

namespace NodeAgent.Translator.Api;

public sealed record Namespace(ObjectMeta Meta) : ApiObject(Meta)
{
    public override string Kind => "Namespace";

    public override string Group => Groups.Core;
}

/// <param name="Data">Decoded values.</param>
public sealed record Secret(
    ObjectMeta Meta,
    string Type,
    ImmutableSortedDictionary<string, ImmutableArray<byte>> Data) : ApiObject(Meta)
{
    public override string Kind => "Secret";

    public override string Group => Groups.Core;
}

/// <param name="BinaryData">Decoded values.</param>
public sealed record ConfigMap(
    ObjectMeta Meta,
    ImmutableSortedDictionary<string, string> Data,
    ImmutableSortedDictionary<string, ImmutableArray<byte>> BinaryData) : ApiObject(Meta)
{
    public override string Kind => "ConfigMap";

    public override string Group => Groups.Core;
}
