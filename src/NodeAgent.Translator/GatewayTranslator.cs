using NodeAgent.Snapshot;

namespace NodeAgent.Translator;

/// <summary>
/// The pure function in the middle: no I/O, no clock, no logger. The same objects in any order give the same result.
/// </summary>
public static class GatewayTranslator
{
    /// <summary>The spec.controllerName of the GatewayClasses we serve.</summary>
    public const string ControllerName = "nodeagent.dev/gateway-controller";

    public static Translation Translate(ClusterState state) =>
        new(ConfigSnapshot.Empty, [], state.Addresses.Remembered);
}
