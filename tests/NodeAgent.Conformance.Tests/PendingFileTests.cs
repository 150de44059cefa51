using NodeAgent.Conformance.Tests.Suite;

namespace NodeAgent.Conformance.Tests;

public sealed class PendingFileTests
{
    [Fact]
    public void Every_pending_name_exists_and_has_a_reason() => Assert.All(PendingTests.Reasons, pending =>
    {
        Assert.NotEmpty(pending.Value.Trim());
        Assert.True(
            SuiteTest.All.ContainsKey(pending.Key) || pending.Key.StartsWith("Gateway gateway-conformance-infra/", StringComparison.Ordinal),
            $"{pending.Key} is no test");
    });

    [Fact]
    public void All_tests_of_the_release_and_of_the_next_one_are_there() => Assert.Equal(131 + 8, SuiteTest.All.Count);
}
