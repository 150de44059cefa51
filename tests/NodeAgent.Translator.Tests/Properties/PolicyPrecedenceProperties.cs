using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph.Policies;

namespace NodeAgent.Translator.Tests.Properties;

public class PolicyPrecedenceProperties
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(300);

    private static readonly string?[] Sections = [null, "a", "b", "gone"];

    [Fact]
    public void Of_policies_for_the_same_target_exactly_the_oldest_is_accepted_and_serves() =>
        Check.One(Many, Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            BackendTlsPolicy[] policies = Policies(new Random(seed));
            Translation translation = GatewayTranslator.Translate(State(policies));
            foreach (IGrouping<string?, BackendTlsPolicy> same in policies.GroupBy(p => p.Targets[0].SectionName))
            {
                BackendTlsPolicy winner = same.OrderBy(p => p.Meta.CreatedAt).ThenBy(p => p.Meta.Name, StringComparer.Ordinal).First();
                foreach (BackendTlsPolicy policy in same)
                {
                    string expected = same.Key == "gone" ? "False/TargetNotFound" : policy == winner ? "True/Accepted" : "False/Conflicted";
                    if (Accepted(translation, policy) != expected)
                    {
                        return false;
                    }
                }
            }

            return Serves(translation, policies, "a", 1) && Serves(translation, policies, "b", 2);
        }));

    [Fact]
    public void The_list_of_ancestors_is_cut_to_the_first_by_name_which_say_how_many_are_missing()
    {
        ImmutableArray<AncestorConditions> ancestors =
        [
            .. Enumerable.Range(0, 20).Reverse().Select(i => new AncestorConditions(
                $"a/gw{i:00}", [new Condition("Accepted", "True", "Accepted", "fine", 1), new Condition("ResolvedRefs", "True", "ResolvedRefs", "fine", 1)])),
        ];

        ImmutableArray<AncestorConditions> cut = AncestorStatus.Cut(ancestors, AncestorStatus.MaxAncestors);

        Assert.Equal(Enumerable.Range(0, 16).Select(i => $"a/gw{i:00}"), cut.Select(a => a.Gateway));
        Assert.All(cut, a => Assert.Equal(["fine; 4 more Gateways use it than the status has room for", "fine"], a.Conditions.Select(c => c.Message)));
        Assert.All(AncestorStatus.Cut(ancestors[..16], 16), a => Assert.Equal("fine", a.Conditions[0].Message));
    }

    /// <summary>Each policy has a hostname of its own, so that the snapshot tells which one rules.</summary>
    private static BackendTlsPolicy[] Policies(Random random) =>
    [
        .. Enumerable.Range(0, random.Next(1, 7)).Select(i => new BackendTlsPolicy(
            Make.Meta("default", $"p{i}", random.Next(3)),
            [new PolicyTarget("", "Service", "s", Sections[random.Next(Sections.Length)])],
            new BackendTlsValidation([], "System", $"p{i}.example.com", []),
            ImmutableSortedDictionary<string, string>.Empty)),
    ];

    private static ClusterState State(BackendTlsPolicy[] policies) => Make.State(
    [
        Make.Class(),
        Make.Gateway("gw", [Make.Http()]),
        Make.Route("r", "gw", Make.Rule("/", Make.Ref("s", 1), Make.Ref("s", 2))),
        new Service(Make.Meta("default", "s"), "ClusterIP", [new ServicePort("a", 1, "TCP", null), new ServicePort("b", 2, "TCP", null)]),
        .. policies,
    ]);

    private static string? Accepted(Translation translation, BackendTlsPolicy policy) =>
        translation.Status("BackendTLSPolicy", policy.Meta.Name)["ancestors"]!.AsArray().Single()!.Condition("Accepted");

    /// <summary>A policy for the port comes before one for the Service; without any the backend is reached in clear.</summary>
    private static bool Serves(Translation translation, BackendTlsPolicy[] policies, string port, int number)
    {
        string? expected = policies
            .Where(p => p.Targets[0].SectionName is null || p.Targets[0].SectionName == port)
            .OrderBy(p => p.Targets[0].SectionName is null)
            .ThenBy(p => p.Meta.CreatedAt)
            .ThenBy(p => p.Meta.Name, StringComparer.Ordinal)
            .FirstOrDefault()?.Validation.Hostname;
        return translation.Snapshot.All<BackendResource>().Single(b => b.Port == number).Tls?.ServerName == expected;
    }
}
