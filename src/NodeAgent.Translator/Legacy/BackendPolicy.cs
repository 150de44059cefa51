using System.Collections.Immutable;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Legacy;

/// <summary>networking.x-k8s.io/v1alpha1 BackendPolicy: TLS towards backends of the same namespace.</summary>
/// <param name="Tls">Null: the policy says nothing.</param>
internal sealed record BackendPolicy(
    ObjectMeta Meta, ImmutableArray<PolicyBackend> Backends, BackendPolicyTls? Tls) : LegacyObject(Meta)
{
    public override string Kind => "BackendPolicy";

    public override ImmutableArray<string> Links =>
        [.. Backends.Select(b => $"{b.Kind}/{Meta.Namespace}/{b.Name}").Distinct()];
}

/// <param name="Port">Null: all ports.</param>
internal sealed record PolicyBackend(string Group, string Kind, string Name, int? Port);

/// <param name="AuthorityRef">A Secret with the key ca.crt.</param>
internal sealed record BackendPolicyTls(ObjectReference? AuthorityRef);
