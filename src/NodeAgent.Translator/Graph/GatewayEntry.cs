using NodeAgent.Translator.Graph.Tracking;

namespace NodeAgent.Translator.Graph;

/// <summary>A Gateway's draft, kept as long as nothing it was made of changed.</summary>
internal sealed class GatewayEntry(Api.Gateway gateway, GatewayClassNode gatewayClass) : TrackedNode
{
    public Api.Gateway Gateway { get; } = gateway;

    public GatewayClassNode Class { get; } = gatewayClass;

    public GatewayDraft? Draft { get; set; }
}
