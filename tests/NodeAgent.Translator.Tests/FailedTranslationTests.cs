using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Tests;

/// <summary>A mistake of ours in one translation, such as one about an object that should not be possible, leaves no trace in those after it.</summary>
public sealed class FailedTranslationTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("z")]
    public void What_changed_together_with_a_failure_is_there_after_it(string broken)
    {
        ApiObject[] before = [Make.Class(), Make.Gateway("gw", [Make.Http()]), Make.Route("m", "gw", Make.Rule("/m", Make.Ref("s")))];
        ApiObject[] after = [.. before, Make.Route("k", "gw", Make.Rule("/k", Make.Ref("s"))), Make.Route("y", "gw", Make.Rule("/y", Make.Ref("s")))];
        var impossible = new HttpRoute(Make.Meta("default", broken), default, default, default);
        var translator = new IncrementalTranslator();
        translator.Translate(Make.State(before));
        Assert.ThrowsAny<Exception>(() => translator.Translate(Make.State([.. after, impossible])));
        Assert.ThrowsAny<Exception>(() => translator.Translate(Make.State([.. after, impossible])));

        Translation translation = translator.Translate(Make.State(after));

        Translation anew = new IncrementalTranslator().Translate(Make.State(after));
        Assert.Equal(anew.Snapshot.Digest, translation.Snapshot.Digest);
        Assert.Equal(
            anew.Statuses.Select(s => $"{s.Kind} {s.Name} {s.Status.ToJsonString()}"),
            translation.Statuses.Select(s => $"{s.Kind} {s.Name} {s.Status.ToJsonString()}"));
    }
}
