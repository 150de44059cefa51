using System.Collections.Immutable;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph;

/// <summary>A Gateway as its spec and class make it, before addresses are given out.</summary>
/// <param name="Refused">Why it is not Accepted as far as its spec goes.</param>
internal sealed record GatewayDraft(Gateway Gateway, Problem? Refused, ImmutableArray<ListenerNode> Listeners)
{
    /// <summary>What its resource refers to when it is served.</summary>
    public ImmutableArray<SnapshotTarget> Targets { get; init; } = [];

    public static GatewayDraft Of(Gateway gateway, GatewayClassNode gatewayClass, ObjectIndex index)
    {
        ImmutableArray<ListenerNode> listeners = ListenerConflicts.Mark([.. gateway.Listeners.Select(l => ListenerNode.Of(l, index))]);
        return new GatewayDraft(gateway, Check(gateway, gatewayClass) ?? CheckListeners(listeners), listeners);
    }

    /// <summary>Without spec.addresses, or with an entry that has no value, the Gateway asks for a pool's.</summary>
    public AddressRequest AddressRequest => new(
        Gateway.Meta.Key,
        Gateway.Meta.CreatedAt,
        Accepted: Refused is null,
        FromPool: Gateway.Addresses.IsEmpty || Gateway.Addresses.Any(a => string.IsNullOrEmpty(a.Value)),
        [.. Gateway.Addresses.Select(a => a.Value).OfType<string>().Where(v => v.Length > 0)],
        [.. Listeners.Where(l => l.Valid).Select(l => l.Listener.Port).Distinct()]);

    private static Problem? Check(Gateway gateway, GatewayClassNode gatewayClass)
    {
        if (gatewayClass.Refused is not null)
        {
            return new Problem(Reasons.InvalidParameters, $"GatewayClass {gatewayClass.Class.Meta.Name} is not accepted: {gatewayClass.Refused.Message}");
        }

        if (gateway.InfrastructureParameters is ParametersRef parameters)
        {
            return new Problem(
                Reasons.InvalidParameters,
                $"infrastructure.parametersRef {parameters.Kind} {parameters.Name}: no kind of parameters is supported");
        }

        GatewayAddress? unsupported = gateway.Addresses.FirstOrDefault(a => a.Type != "IPAddress");
        return unsupported is null
            ? null
            : new Problem(Reasons.UnsupportedAddress, $"addresses of type {unsupported.Type} are not supported; IPAddress is");
    }

    private static Problem? CheckListeners(ImmutableArray<ListenerNode> listeners) =>
        listeners.Any(l => l.Valid) ? null : GatewayNode.NoListener([.. listeners.Select(l => l.Listener.Name)]);
}
