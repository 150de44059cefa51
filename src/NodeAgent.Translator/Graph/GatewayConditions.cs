using System.Collections.Immutable;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph.Certificates;

namespace NodeAgent.Translator.Graph;

/// <summary>What is said of a Gateway as a whole. Its ListenerSets have no part in that; they have conditions of their own.</summary>
internal static class GatewayConditions
{
    /// <param name="states">Of all its listeners, its ListenerSets' too.</param>
    public static ImmutableArray<Condition> Of(GatewayDraft draft, AddressAward? award, ImmutableArray<ListenerState> states)
    {
        long generation = draft.Gateway.Meta.Generation;
        ImmutableArray<ListenerState> own = [.. states.Where(s => !s.Node.IsFromSet)];
        var list = ImmutableArray.CreateBuilder<Condition>();
        list.Add(Accepted(draft.Refused, own, generation));
        list.Add(Programmed(draft.Refused, award, own, generation));
        if (ResolvedRefs(draft, own, generation) is Condition resolved)
        {
            list.Add(resolved);
        }

        if (Insecure(draft, generation) is Condition insecure)
        {
            list.Add(insecure);
        }

        return list.ToImmutable();
    }

    private static Condition Accepted(Problem? refused, ImmutableArray<ListenerState> own, long generation)
    {
        string[] bad = [.. own.Where(s => s.Refused is not null).Select(s => s.Node.Listener.Name)];
        if (refused is null && bad.Length == own.Length)
        {
            refused = GatewayNode.NoListener(bad);
        }

        return bad.Length == 0 || refused is not null
            ? Conditions.Of(Conditions.Accepted, refused, Reasons.Accepted, "Gateway is accepted", generation)
            : Conditions.True(
                Conditions.Accepted,
                Reasons.ListenersNotValid,
                $"some listeners are not valid: {Conditions.Names(bad)}",
                generation);
    }

    /// <summary>
    /// A Gateway whose listeners wait for their certificates is as programmed as it can be: it has its address, and
    /// the listeners say for themselves that they are not served.
    /// </summary>
    private static Condition Programmed(Problem? refused, AddressAward? award, ImmutableArray<ListenerState> own, long generation)
    {
        Problem? problem = refused is null ? award?.Problem : new Problem(Reasons.Invalid, "Gateway is not accepted");
        if (problem is null && !own.Any(s => s.Programmed is null || s.Unresolved))
        {
            problem = new Problem(Reasons.Invalid, own.Select(s => s.BindFailure).FirstOrDefault(f => f is not null) ?? "no listener is served");
        }

        string[] waiting = [.. own.Where(s => s.Unresolved).Select(s => s.Node.Listener.Name)];
        string served = $"served on {string.Join(", ", award?.Addresses ?? [])}";
        return Conditions.Of(
            Conditions.Programmed,
            problem,
            Reasons.Programmed,
            waiting.Length == 0 ? served : $"{served}, but for listeners without certificate: {Conditions.Names(waiting)}",
            generation);
    }

    /// <summary>Shown where a Gateway refers to something itself, or a listener of its own has unresolved references.</summary>
    private static Condition? ResolvedRefs(GatewayDraft draft, ImmutableArray<ListenerState> own, long generation)
    {
        string[] unresolved = [.. own.Where(s => s.Node.Unresolved is not null).Select(s => s.Node.Listener.Name)];
        Problem? problem = draft.ClientCertificate.Problem ?? (unresolved.Length == 0
            ? null
            : new Problem(Reasons.ListenersNotResolved, $"some listeners have unresolved references: {Conditions.Names(unresolved)}"));
        return problem is null && draft.Gateway.BackendClientCertificateRef is null
            ? null
            : Conditions.Of(Conditions.ResolvedRefs, problem, Reasons.ResolvedRefs, "all references are resolved", generation);
    }

    private static Condition? Insecure(GatewayDraft draft, long generation)
    {
        int[] ports =
        [
            .. draft.Listeners.Where(l => l.Protocol == ListenerProtocol.Https).Select(l => l.Listener.Port).Distinct().Order()
                .Where(p => ClientReferences.Wanted(draft.Gateway, p) is FrontendValidation { Mode: "AllowInsecureFallback" }),
        ];
        return ports.Length == 0
            ? null
            : Conditions.True(
                Conditions.InsecureFrontendValidationMode,
                Reasons.ConfigurationChanged,
                $"clients without a valid certificate are served on port {Conditions.Names([.. ports.Select(p => $"{p}")])}",
                generation);
    }
}
