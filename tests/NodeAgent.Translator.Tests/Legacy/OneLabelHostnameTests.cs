using NodeAgent.Translator.Legacy.Conversion;

namespace NodeAgent.Translator.Tests.Legacy;

public sealed class OneLabelHostnameTests
{
    [Theory]
    [InlineData(null, "a.example", "a.example")]
    [InlineData(null, "*.example", "*.example")]
    [InlineData("a.example", "a.example", "a.example")]
    [InlineData("*.example", "a.example", "a.example")]
    [InlineData("a.example", "*.example", "a.example")]
    [InlineData("*.example", "*.example", "*.example")]
    [InlineData("*.example", "b.a.example", null)]
    [InlineData("*.example", "example", null)]
    [InlineData("*.example", "*.a.example", null)]
    [InlineData("*.a.example", "*.example", null)]
    [InlineData("a.example", "b.example", null)]
    [InlineData("*.a", "a", null)]
    public void A_wildcard_takes_exactly_one_label(string? listener, string route, string? both) =>
        Assert.Equal(both, OneLabelHostnames.Intersect(listener, route));
}
