namespace NodeAgent.Translator;

/// <summary>One name of GatewayClass status.supportedFeatures, and what must be there for it.</summary>
/// <param name="Definition">Plural of the kind whose definition carries it.</param>
/// <param name="Field">
/// A field of that kind's schema without which objects cannot ask for it: <c>spec.rules[].retry</c>. With <c>?</c> at
/// the end it must not be required, with <c>=VALUE</c> the value must be among its choices. Null: the kind is enough.
/// </param>
/// <param name="Needs">What the data plane must serve.</param>
/// <param name="Experimental">Only definitions of the experimental channel promise it.</param>
internal sealed record Feature(
    string Name,
    string Definition,
    string? Field = null,
    DataPlaneFeatures Needs = DataPlaneFeatures.None,
    bool Experimental = false);
