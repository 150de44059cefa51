using System.Collections.Immutable;

namespace NodeAgent.Translator.Api.Extensions;

/// <summary>
/// nodeagent.dev/v1alpha1 HTTPMatch: conditions that HTTPRoute has no words for. At least one list has items; all that is set has to hold.
/// </summary>
/// <param name="SourceRanges">CIDRs and single addresses, one of which has to hold the client.</param>
public sealed record HttpMatchObject(
    ObjectMeta Meta,
    ImmutableArray<string> SourceRanges,
    ImmutableArray<CookieCondition> Cookies,
    ImmutableArray<HeaderCondition> Headers) : ApiObject(Meta)
{
    public override string Kind => "HTTPMatch";

    public override string Group => Groups.NodeAgent;
}

/// <param name="Type">Exact (default), RegularExpression, Present or Absent.</param>
/// <param name="Value">Set for Exact and RegularExpression alone.</param>
public sealed record CookieCondition(string Name, string Type, string? Value);

/// <param name="Type">Present (default) or Absent.</param>
public sealed record HeaderCondition(string Name, string Type);
