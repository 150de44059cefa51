using NodeAgent.Translator.Api;

namespace NodeAgent.Translator;

/// <summary>One object that came (no Before), went (no After) or was replaced by one of the same kind and key.</summary>
public sealed record ObjectChange(ApiObject? Before, ApiObject? After);
