using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph;

namespace NodeAgent.Translator.Tests;

public class ListenerConflictProperties
{
    private static readonly string[] Protocols = ["HTTP", "HTTPS", "TLS", "TCP", "UDP", "odd"];

    private static readonly string?[] Hosts = [null, "a.example.com", "A.example.com", "*.example.com"];

    private static readonly Gateway Owner = Make.Gateway("gw", []);

    [Fact]
    public void The_order_of_the_listeners_of_one_object_does_not_matter() => Holds(random =>
    {
        ListenerNode[] listeners = Listeners(random, Owner, 8);
        Dictionary<string, string?> outcome = Outcome(listeners);
        random.Shuffle(listeners);
        return Outcome(listeners).All(o => outcome[o.Key] == o.Value);
    });

    [Fact]
    public void Two_listeners_of_one_object_that_are_accepted_can_be_told_apart() => Holds(random =>
    {
        ListenerNode[] accepted = [.. ListenerConflicts.Mark([.. Listeners(random, Owner, 8)]).Where(l => l.Accepted)];
        return accepted.All(a => accepted.All(b => ReferenceEquals(a, b) || Apart(a, b)));
    });

    [Fact]
    public void Listeners_of_a_ListenerSet_never_take_anything_from_those_before_them() => Holds(random =>
    {
        ListenerNode[] own = Listeners(random, Owner, 4);
        ListenerNode[] more = Listeners(random, new ListenerSet(Make.Meta("default", "set"), new ObjectReference("", "", "", null), []), 4);
        Dictionary<string, string?> alone = Outcome(own);
        ImmutableArray<ListenerNode> both = ListenerConflicts.Mark([.. own, .. more]);
        return both.Take(own.Length).All(l => alone[l.Listener.Name] == l.Refused?.Reason)
            && both.Skip(own.Length).Where(l => l.Accepted).All(l => own.Where(o => o.Protocol is not null).All(o => Apart(l, o)));
    });

    /// <summary>By the words of the API: another port, or another hostname under protocols that have hostnames and share a layer.</summary>
    private static bool Apart(ListenerNode a, ListenerNode b)
    {
        bool sameSpace = a.Listener.Port == b.Listener.Port && a.Protocol == ListenerProtocol.Udp == (b.Protocol == ListenerProtocol.Udp);
        bool byHostname = (a.Protocol, b.Protocol) switch
        {
            (ListenerProtocol.Http, ListenerProtocol.Http) => true,
            (ListenerProtocol.Https or ListenerProtocol.Tls, ListenerProtocol.Https or ListenerProtocol.Tls) => true,
            _ => false,
        };
        return !sameSpace || (byHostname && a.Hostname != b.Hostname);
    }

    private static Dictionary<string, string?> Outcome(ListenerNode[] listeners) =>
        ListenerConflicts.Mark([.. listeners]).ToDictionary(l => l.Listener.Name, l => l.Refused?.Reason);

    private static ListenerNode[] Listeners(Random random, ApiObject owner, int max)
    {
        var index = new ObjectIndex(DataPlaneFeatures.All);
        return
        [
            .. Enumerable.Range(0, random.Next(1, max + 1)).Select(i => ListenerSpec.Read(owner, i, new Listener(
                $"l{i}",
                random.Next(2) + 1,
                Protocols[random.Next(Protocols.Length)],
                Hosts[random.Next(Hosts.Length)],
                random.Next(2) == 0 ? null : new ListenerTls(random.Next(2) == 0 ? "Terminate" : "Passthrough", []),
                AllowedRoutes.Default), index)),
        ];
    }

    private static void Holds(Func<Random, bool> property) => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2_000),
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed => property(new Random(seed))));
}
