namespace NodeAgent.Translator.Api.Decoding;

internal static class MirrorDecoder
{
    private const int Percent = 100;

    private static readonly RequestMirror Broken = new(new BackendRef("", "", null, "", null, 1, []), Percent, Percent);

    public static RequestMirror Read(FieldReader mirror)
    {
        BackendRef? backend = mirror.RequiredObject("backendRef", RouteDecoder.FilterBackend);
        int? percent = mirror.OptionalInt("percent", 0, Percent);
        RequestMirror? share = mirror.Object("fraction", Fraction);
        if (mirror.Has("percent") && mirror.Has("fraction"))
        {
            mirror.Report("fraction", "is set beside percent", "only one of the two is allowed");
        }

        return (share ?? Broken with { Numerator = percent ?? Percent }) with { Backend = backend ?? Broken.Backend };
    }

    private static RequestMirror Fraction(FieldReader fraction)
    {
        int numerator = fraction.Int("numerator", 0, int.MaxValue);
        int denominator = fraction.OptionalInt("denominator", 1, int.MaxValue) ?? Percent;
        if (fraction.Clean && numerator > denominator)
        {
            fraction.Report("numerator", $"is {numerator}", $"must be at most the denominator, {denominator}");
        }

        return Broken with { Numerator = numerator, Denominator = denominator };
    }
}
