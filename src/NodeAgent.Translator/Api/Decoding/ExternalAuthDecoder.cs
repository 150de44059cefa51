using System.Collections.Immutable;

namespace NodeAgent.Translator.Api.Decoding;

internal static class ExternalAuthDecoder
{
    private const int MaxHeaders = 64;

    private static readonly BackendRef Nowhere = new("", "", null, "", null, 1, []);

    public static ExternalAuth Read(FieldReader auth)
    {
        string protocol = auth.Choice("protocol", null, "HTTP", "GRPC");
        BackendRef? backend = auth.RequiredObject("backendRef", RouteDecoder.FilterBackend);
        var result = new ExternalAuth(protocol, backend ?? Nowhere, "", [], [], 0);
        ExternalAuth? http = auth.Object("http", config => result with
        {
            Path = config.OptionalText("path", TextRules.PathPrefix) ?? "",
            AllowedHeaders = Headers(config, "allowedHeaders"),
            AllowedResponseHeaders = Headers(config, "allowedResponseHeaders"),
        });
        ExternalAuth? grpc = auth.Object("grpc", config => result with { AllowedHeaders = Headers(config, "allowedHeaders") });
        CheckProtocol(auth, protocol, "HTTP", "http");
        CheckProtocol(auth, protocol, "GRPC", "grpc");
        ExternalAuth? body = auth.Object("forwardBody", config =>
            result with { MaxBodySize = Math.Max(0, config.OptionalLong("maxSize", long.MinValue, long.MaxValue) ?? 0) });
        return (protocol == "HTTP" ? http : grpc) is ExternalAuth chosen
            ? chosen with { MaxBodySize = body?.MaxBodySize ?? 0 }
            : result;
    }

    private static ImmutableArray<string> Headers(FieldReader config, string field)
    {
        ImmutableArray<string> headers = config.Texts(field, 0, MaxHeaders, TextRules.Any);
        if (config.Clean)
        {
            config.CheckUnique(field, headers);
        }

        return headers;
    }

    private static void CheckProtocol(FieldReader auth, string protocol, string name, string field)
    {
        if (protocol == name && !auth.Has(field))
        {
            auth.Report(field, "is missing", $"protocol {name} needs it");
        }
        else if (protocol.Length > 0 && protocol != name && auth.Has(field))
        {
            auth.Report(field, $"is set with protocol {protocol}", $"it is only allowed with protocol {name}");
        }
    }
}
