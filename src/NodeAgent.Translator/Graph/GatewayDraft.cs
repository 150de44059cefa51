using System.Collections.Immutable;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph.Certificates;
using NodeAgent.Translator.Graph.Parameters;

namespace NodeAgent.Translator.Graph;

/// <summary>A Gateway with its ListenerSets as specs and class make it, before addresses are given out.</summary>
/// <param name="Refused">Why it is not Accepted as far as its spec goes.</param>
/// <param name="Listeners">Its own, then those of the ListenerSets that it takes, in order of precedence.</param>
/// <param name="Sets">All that name it, in order of precedence, also those that it does not take.</param>
/// <param name="ClientCertificate">What it shows to backends.</param>
/// <param name="Parameters">The class's, with its own laid over them.</param>
/// <param name="Pools">Those that the parameters name; null: the installation's.</param>
internal sealed record GatewayDraft(
    Gateway Gateway,
    Problem? Refused,
    ImmutableArray<ListenerNode> Listeners,
    ImmutableArray<ListenerSetDraft> Sets,
    ResolvedCertificate ClientCertificate,
    EffectiveParameters Parameters,
    GatewayPools? Pools)
{
    /// <summary>What its resource refers to when it is served.</summary>
    public ImmutableArray<SnapshotTarget> Targets =>
    [
        .. Listeners.Where(l => l.Valid).SelectMany(l => l.References.Targets)
            .Concat(ClientCertificate.Target is CertificateTarget target ? [target] : [])
            .Distinct(),
    ];

    public static GatewayDraft Of(Gateway gateway, GatewayClassNode gatewayClass, ObjectIndex index)
    {
        ImmutableArray<ListenerSetDraft> sets = ListenerSetDraft.Of(gateway, index);
        EffectiveParameters parameters = ParametersResolution.Of(gateway, gatewayClass, index);
        ImmutableArray<ListenerNode> listeners = GatewayListeners.Of(gateway, sets, parameters, index);
        Problem? refused = CheckClass(gatewayClass)
            ?? parameters.Refused
            ?? CheckAddresses(gateway)
            ?? CheckListeners([.. listeners.Where(l => !l.IsFromSet)]);
        return new GatewayDraft(gateway, refused, listeners, sets, ClientCertificateOf(gateway, index), parameters, GatewayPools.Of(gateway, parameters, index));
    }

    /// <summary>Without spec.addresses, or with an entry that has no value, the Gateway asks for a pool's.</summary>
    public AddressRequest AddressRequest => new(
        Gateway.Meta.Key,
        Gateway.Meta.CreatedAt,
        Accepted: Refused is null,
        FromPool: Gateway.Addresses.IsEmpty || Gateway.Addresses.Any(a => string.IsNullOrEmpty(a.Value)),
        [.. Gateway.Addresses.Select(a => a.Value).OfType<string>().Where(v => v.Length > 0)],
        [.. Listeners.Where(l => l.Accepted).Select(l => new ClaimedPort(l.Listener.Port, l.Protocol == ListenerProtocol.Udp)).Distinct()],
        Pools);

    private static ResolvedCertificate ClientCertificateOf(Gateway gateway, ObjectIndex index) =>
        gateway.BackendClientCertificateRef is ObjectReference reference
            ? CertificateReferences.Resolve(
                reference,
                new GrantFrom(Groups.Gateway, gateway.Kind, gateway.Meta.Namespace),
                index,
                Reasons.InvalidClientCertificateRef,
                "spec.tls.backend.clientCertificateRef")
            : default;

    private static Problem? CheckClass(GatewayClassNode gatewayClass) => gatewayClass.Refused is null
        ? null
        : new Problem(Reasons.InvalidParameters, $"GatewayClass {gatewayClass.Class.Meta.Name} is not accepted: {gatewayClass.Refused.Message}");

    private static Problem? CheckAddresses(Gateway gateway)
    {
        for (int i = 0; i < gateway.Addresses.Length; i++)
        {
            if (gateway.Addresses[i].Type != "IPAddress")
            {
                return new Problem(Reasons.UnsupportedAddress, $"addresses of type {gateway.Addresses[i].Type} are not supported; IPAddress is")
                {
                    Field = $"spec.addresses[{i}].type",
                };
            }
        }

        return null;
    }

    private static Problem? CheckListeners(ImmutableArray<ListenerNode> own) =>
        own.Any(l => l.Accepted) ? null : GatewayNode.NoListener([.. own.Select(l => l.Listener.Name)]);
}
