using System.Collections.Immutable;

namespace NodeAgent.Translator.Api.Decoding;

/// <summary>Gateway spec.tls: client certificates, those we ask for and the one we show.</summary>
internal static class GatewayTlsDecoder
{
    public static (FrontendTls? Frontend, ObjectReference? Client) Read(FieldReader tls)
    {
        ObjectReference? client = null;
        tls.Check("backend", backend => client = backend.Object(
            "clientCertificateRef", reference => ReferenceDecoder.WithDefaults(reference, "Secret")));
        return (tls.Object("frontend", Frontend), client);
    }

    private static FrontendTls Frontend(FieldReader frontend)
    {
        if (!frontend.Has("default"))
        {
            frontend.Report("default", "is missing", "must be an object");
        }

        FrontendValidation? everywhere = null;
        frontend.Check("default", reader => everywhere = reader.Object("validation", Validation));
        ImmutableArray<PortFrontendValidation> ports = frontend.List("perPort", 0, ListenerDecoder.MaxListeners, PerPort);
        var seen = new HashSet<int>();
        for (int i = 0; i < ports.Length && frontend.Clean; i++)
        {
            if (!seen.Add(ports[i].Port))
            {
                string path = FieldPath.Item(FieldPath.Child(frontend.Path, "perPort"), i);
                frontend.ReportAt($"{path}.port", $"is {ports[i].Port} a second time", "ports must be unique here");
            }
        }

        return new FrontendTls(everywhere, ports);
    }

    private static PortFrontendValidation PerPort(FieldReader port)
    {
        if (!port.Has("tls"))
        {
            port.Report("tls", "is missing", "must be an object; an empty one asks for no certificate on this port");
        }

        FrontendValidation? validation = null;
        port.Check("tls", tls => validation = tls.Object("validation", Validation));
        return new PortFrontendValidation(port.Int("port", 1, 65535), validation);
    }

    private static FrontendValidation Validation(FieldReader validation) => new(
        validation.Choice("mode", "AllowValidOnly", "AllowValidOnly", "AllowInsecureFallback"),
        validation.List("caCertificateRefs", 1, 16, ReferenceDecoder.Explicit));
}
