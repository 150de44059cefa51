using System.Collections.Immutable;
using System.Net;
using System.Threading.Channels;
using NodeAgent.DataPlane.Resolving;

namespace NodeAgent.DataPlane.Tests.Resolving;

/// <summary>Whoever names a backend in a cluster must not reach through the agent what only the node reaches.</summary>
public sealed class NodeOnlyBackendTests
{
    private static readonly string[] Mixed = ["127.0.0.1", "::ffff:127.0.0.2", "169.254.169.254", "0.0.0.0", "fe80::1", "::1", "224.0.0.1", "10.0.0.5", "2001:db8::5"];

    [Fact]
    public async Task A_name_leads_only_to_addresses_that_others_reach_too() =>
        Assert.Equal(["10.0.0.5", "2001:db8::5"], await FirstAnswerAsync(nodeOnly: false));

    [Fact]
    public async Task Where_the_operator_writes_the_names_they_lead_anywhere() =>
        Assert.Equal(Mixed.Length, (await FirstAnswerAsync(nodeOnly: true)).Length);

    [Fact]
    public async Task A_name_with_nothing_else_is_as_good_as_unresolved()
    {
        await using var resolver = new HostResolver((_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]), nodeOnly: false, (_, _) => { });
        resolver.Follow(One);
        await resolver.FirstAnswersAsync(TimeSpan.FromSeconds(30));
        Assert.Equal((0, 1), (resolver.Resolved, resolver.Failed));
    }

    private static ImmutableDictionary<string, TimeSpan> One => ImmutableDictionary<string, TimeSpan>.Empty.Add("db.example", TimeSpan.FromHours(1));

    private static async Task<string[]> FirstAnswerAsync(bool nodeOnly)
    {
        var answers = Channel.CreateUnbounded<ImmutableArray<IPAddress>>();
        await using var resolver = new HostResolver(
            (_, _) => Task.FromResult(Mixed.Select(IPAddress.Parse).ToArray()), nodeOnly, (_, found) => answers.Writer.TryWrite(found));
        resolver.Follow(One);
        ImmutableArray<IPAddress> first = await answers.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        return [.. first.Select(a => a.ToString())];
    }
}
