using System.Collections.Immutable;

namespace NodeAgent.Translator.Api;

/// <summary>gateway.networking.x-k8s.io/v1alpha1 XBackendTrafficPolicy.</summary>
public sealed record XBackendTrafficPolicy(
    ObjectMeta Meta,
    ImmutableArray<PolicyTarget> Targets,
    RetryConstraint? RetryConstraint,
    SessionPersistence? SessionPersistence) : ApiObject(Meta)
{
    public override string Kind => "XBackendTrafficPolicy";

    public override string Group => Groups.GatewayX;

    public override ImmutableArray<string> Links => PolicyTarget.LinksOf(Targets, Meta.Namespace);
}

/// <summary>Of the requests in one interval at most a share may be retries, and always a few.</summary>
/// <param name="Percent">0..100, default 20.</param>
/// <param name="Interval">1 second to 1 hour, default 10 seconds.</param>
/// <param name="MinCount">Retries that are allowed per <paramref name="MinInterval"/> whatever the share; default 10.</param>
/// <param name="MinInterval">Above 0, at most 1 hour; default 1 second.</param>
public sealed record RetryConstraint(int Percent, TimeSpan Interval, int MinCount, TimeSpan MinInterval);
