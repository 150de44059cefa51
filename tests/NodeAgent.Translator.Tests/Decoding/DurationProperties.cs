using FsCheck;
using FsCheck.Fluent;
using NodeAgent.Translator.Api.Decoding;

namespace NodeAgent.Translator.Tests.Decoding;

public sealed class DurationProperties
{
    private static readonly (string Unit, long Milliseconds)[] Units = [("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

    [Fact]
    public void A_duration_is_the_sum_of_its_parts_whatever_their_order()
    {
        Gen<(int Number, int Unit)[]> parts = Gen.Choose(0, 99_999).SelectMany(n => Gen.Choose(0, 3).Select(u => (n, u))).ArrayOf()
            .Where(p => p.Length is >= 1 and <= 4);
        Prop.ForAll(parts.ToArbitrary(), list =>
        {
            string text = string.Concat(list.Select(p => $"{p.Number}{Units[p.Unit].Unit}"));
            return TextRules.Duration.Takes(text)
                && GatewayDuration.Parse(text).TotalMilliseconds == list.Sum(p => p.Number * Units[p.Unit].Milliseconds);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("0s", 0)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("1s500ms", 1_500)]
    [InlineData("2m3ms", 120_003)]
    [InlineData("00010s", 10_000)]
    public void Durations_read_as_people_write_them(string text, long milliseconds) =>
        Assert.Equal(milliseconds, GatewayDuration.Parse(text).TotalMilliseconds);

    [Fact]
    public void Whatever_the_pattern_lets_through_can_be_read()
    {
        Gen<string> text = Gen.Elements("0123456789hms".ToCharArray()).ArrayOf().Select(c => new string(c));
        Prop.ForAll(text.ToArbitrary(), t => !TextRules.Duration.Takes(t) || GatewayDuration.Parse(t) >= TimeSpan.Zero)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
    }
}
