using NodeAgent.Agent;

namespace NodeAgent.Node.Tests.Agent;

public sealed class ReadinessTests
{
    [Fact]
    public void It_is_ready_when_the_last_guard_is_let_go_of()
    {
        var readiness = new Readiness();
        IDisposable first = readiness.Hold("a");
        IDisposable second = readiness.Hold("b");
        Assert.Equal("a b", string.Join(' ', readiness.Waiting));

        first.Dispose();
        first.Dispose();
        Assert.Equal("b", string.Join(' ', readiness.Waiting));

        second.Dispose();
        Assert.Empty(readiness.Waiting);
    }

    [Fact]
    public void Two_guards_of_one_name_are_two_guards()
    {
        var readiness = new Readiness();
        IDisposable first = readiness.Hold("same");
        using IDisposable second = readiness.Hold("same");

        first.Dispose();
        first.Dispose();

        Assert.Equal("same", string.Join(' ', readiness.Waiting));
    }
}
