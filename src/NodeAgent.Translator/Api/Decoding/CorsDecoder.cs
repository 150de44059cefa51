using System.Collections.Immutable;

namespace NodeAgent.Translator.Api.Decoding;

internal static class CorsDecoder
{
    private const string Wildcard = "*";

    private const int DefaultMaxAge = 5;

    private static readonly string[] Methods = [.. HttpRouteDecoder.Methods, Wildcard];

    public static Cors Read(FieldReader cors)
    {
        ImmutableArray<string> origins = Set(cors, "allowOrigins", 64, TextRules.Origin);
        ImmutableArray<string> methods = Set(cors, "allowMethods", 9, TextRules.Any);
        ImmutableArray<string> headers = Set(cors, "allowHeaders", 64, TextRules.HeaderName);
        ImmutableArray<string> exposed = cors.Texts("exposeHeaders", 0, 64, TextRules.HeaderName);
        if (cors.Clean)
        {
            cors.CheckUnique("exposeHeaders", exposed);
            CheckMethods(cors, methods);
        }

        bool credentials = cors.OptionalFlag("allowCredentials") ?? false;
        int maxAge = cors.OptionalInt("maxAge", 1, int.MaxValue) ?? DefaultMaxAge;
        return new Cors(origins, methods, headers, exposed, credentials, maxAge);
    }

    /// <summary>Each at most once, and '*' only alone.</summary>
    private static ImmutableArray<string> Set(FieldReader cors, string field, int max, TextRule rule)
    {
        ImmutableArray<string> items = cors.Texts(field, 0, max, rule);
        if (cors.Clean)
        {
            cors.CheckUnique(field, items);
            if (items.Length > 1 && items.Contains(Wildcard))
            {
                cors.Report(field, "has '*' beside others", "'*' must stand alone");
            }
        }

        return items;
    }

    private static void CheckMethods(FieldReader cors, ImmutableArray<string> methods)
    {
        for (int i = 0; i < methods.Length; i++)
        {
            if (!Methods.Contains(methods[i]))
            {
                cors.ReportAt(
                    FieldPath.Item(FieldPath.Child(cors.Path, "allowMethods"), i),
                    $"is {FieldReader.Quote(methods[i])}",
                    $"must be one of {string.Join(", ", Methods)}");
            }
        }
    }
}
