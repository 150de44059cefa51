using System.Collections.Immutable;

namespace NodeAgent.Translator;

/// <summary>
/// The pure function in the middle: no I/O, no clock, no logger. The same objects in any order give the same result.
/// </summary>
public static class GatewayTranslator
{
    /// <summary>The spec.controllerName of the GatewayClasses we serve.</summary>
    public const string ControllerName = "nodeagent.dev/gateway-controller";

    /// <summary>
    /// Never throws for what a user wrote. The snapshot does not depend on <see cref="ClusterState.Observed"/>: a
    /// listener that could not be bound stays in it, so that its status does not flap and it may yet be bound.
    /// </summary>
    public static Translation Translate(ClusterState state) => new IncrementalTranslator().Translate(state);

    /// <summary>What keeps objects from doing what their owners wrote, with the field to mend. Never throws for what a user wrote.</summary>
    public static ImmutableArray<Finding> Check(ClusterState state)
    {
        var translator = new IncrementalTranslator();
        return [.. translator.Findings(translator.Translate(state).Statuses), .. UnknownOwners.In(state.Objects)];
    }
}
