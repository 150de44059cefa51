namespace NodeAgent.Snapshot;

/// <summary>The part of <see cref="SnapshotValidation"/> that concerns backends.</summary>
internal static class BackendValidation
{
    public static IEnumerable<string> Check(ConfigSnapshot snapshot)
    {
        var certificates = snapshot.All<CertificateResource>().Select(c => c.Id).ToHashSet(StringComparer.Ordinal);
        var authorities = snapshot.All<CaResource>().Select(c => c.Id).ToHashSet(StringComparer.Ordinal);
        foreach (BackendResource backend in snapshot.All<BackendResource>())
        {
            foreach (Endpoint endpoint in backend.Endpoints.Where(e => e.Port is < 1 or > 65535))
            {
                yield return $"{backend.Id}: endpoint {endpoint.Address} has port {endpoint.Port}";
            }

            if (HintsDiffer(backend))
            {
                yield return $"{backend.Id}: some endpoints have hints and others none";
            }

            if (backend.Tls is not BackendTls tls)
            {
                continue;
            }

            foreach (string authority in (tls.Authorities ?? []).Where(a => !authorities.Contains(a)))
            {
                yield return $"{backend.Id}: no {authority}";
            }

            if (tls.ClientCertificate is string client && !certificates.Contains(client))
            {
                yield return $"{backend.Id}: no {client}";
            }

            if (tls.Fault is null && tls.Authorities is { IsEmpty: true })
            {
                yield return $"{backend.Id}: tls has an empty list of authorities";
            }
        }
    }

    private static bool HintsDiffer(BackendResource backend) =>
        backend.Endpoints.Select(e => (e.ForZones is null, e.ForNodes is null)).Distinct().Count() > 1;
}
