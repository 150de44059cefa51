using NodeAgent.Translator.Graph;
using NodeAgent.Translator.Legacy.Conversion;

namespace NodeAgent.Translator.Legacy;

/// <summary>
/// The original API in front of today's: every object of it that concerns us becomes objects of today's API, which
/// are translated as if a user had written them, and what is said of them goes back into its own status.
/// </summary>
internal static class LegacyFront
{
    /// <summary>
    /// Classes come before Gateways and these before the rest, which looks at the Gateways as they were converted.
    /// </summary>
    public static int StageOf(LegacyObject item) => item is LegacyGatewayClass or LegacyGateway ? 0 : 1;

    public static LegacyConversion Convert(LegacyObject item, ObjectIndex index) => item switch
    {
        LegacyGatewayClass gatewayClass => GatewayConversion.OfClass(gatewayClass),
        LegacyGateway gateway => GatewayConversion.Of(gateway, index),
        LegacyHttpRoute route => HttpRouteConversion.Of(route, index),
        LegacyStreamRoute route => StreamRouteConversion.Of(route, index),
        BackendPolicy policy => BackendPolicyConversion.Of(policy, index),
        _ => LegacyConversion.None,
    };
}
