namespace NodeAgent.Translator.Api.Decoding;

internal static class XBackendDecoder
{
    public static XBackend Read(FieldReader document, ObjectMeta meta) =>
        document.RequiredObject("spec", spec =>
        {
            string type = spec.Choice("type", null, "ExternalHostname");
            string? hostname = spec.Object("externalHostname", external => external.Text("hostname", TextRules.ExternalHostname));
            if (spec.Clean && type == "ExternalHostname" && hostname is null)
            {
                spec.Report("externalHostname", "is missing", "type ExternalHostname needs it");
            }

            PortNumber? port = spec.RequiredObject("port", p =>
            {
                p.OptionalText("name", TextRules.OptionalLabelName);
                return new PortNumber(p.Int("port", 1, 65535));
            });
            string? protocol = spec.Has("protocol")
                ? spec.Choice("protocol", null, "TCP", "HTTP", "HTTP2", "HTTP11", "H2C", "MCP")
                : null;
            return new XBackend(
                meta,
                hostname ?? "",
                port?.Number ?? 0,
                protocol,
                spec.Object("tls", Tls));
        }) ?? new XBackend(meta, "", 0, null, null);

    private static XBackendTls Tls(FieldReader tls)
    {
        string mode = tls.Choice("mode", null, "None", "ServerOnly", "ClientAndServer");
        ObjectReference? client = tls.Object("clientCertificateRef", r => ReferenceDecoder.WithDefaults(r, "Secret"));
        BackendTlsValidation? validation = tls.Object("validation", BackendTlsDecoder.Validation);
        if (tls.Clean && mode == "ClientAndServer" && client is null)
        {
            tls.Report("clientCertificateRef", "is missing", "mode ClientAndServer needs it");
        }
        else if (tls.Clean && mode != "ClientAndServer" && client is not null)
        {
            tls.Report("clientCertificateRef", $"is set with mode {mode}", "it is only allowed with mode ClientAndServer");
        }

        return new XBackendTls(mode, client, validation);
    }

    private sealed record PortNumber(int Number);
}
