using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph;

/// <summary>A GatewayClass with our controllerName.</summary>
internal sealed record GatewayClassNode(GatewayClass Class, Problem? Refused)
{
    public Condition Accepted { get; } = Conditions.Of(
        Conditions.Accepted, Refused, Reasons.Accepted, "GatewayClass is served by this controller", Class.Meta.Generation);

    public static GatewayClassNode Of(GatewayClass gatewayClass) => new(gatewayClass, Check(gatewayClass));

    /// <summary>Whether whoever was made from the one need not be made anew for the other.</summary>
    public bool IsSame(GatewayClassNode other) => ReferenceEquals(Class, other.Class) && Refused == other.Refused;

    private static Problem? Check(GatewayClass gatewayClass) => gatewayClass.Parameters is ParametersRef parameters
        ? new Problem(Reasons.InvalidParameters, $"parametersRef {parameters.Kind} {parameters.Name}: no kind of parameters is supported")
        : null;
}
