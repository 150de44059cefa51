namespace NodeAgent.Snapshot;

/// <summary>The part of <see cref="SnapshotValidation"/> that concerns Gateways, their listeners and certificates.</summary>
internal static class GatewayValidation
{
    public static IEnumerable<string> Check(ConfigSnapshot snapshot)
    {
        var certificates = snapshot.All<CertificateResource>().Select(c => c.Id).ToHashSet(StringComparer.Ordinal);
        var authorities = snapshot.All<CaResource>().Select(c => c.Id).ToHashSet(StringComparer.Ordinal);
        foreach (GatewayResource gateway in snapshot.All<GatewayResource>())
        {
            if (gateway.BackendClientCertificate is string client && !certificates.Contains(client))
            {
                yield return $"{gateway.Id}: no {client}";
            }

            foreach (ListenerConfig listener in gateway.Listeners)
            {
                foreach (string problem in Check(listener))
                {
                    yield return $"{gateway.Id}: listener {listener.Name} {problem}";
                }
            }
        }

        IEnumerable<string> Check(ListenerConfig listener)
        {
            if (listener.Port is < 1 or > 65535)
            {
                yield return $"has port {listener.Port}";
            }

            bool tls = listener.Protocol is ListenerProtocol.Https or ListenerProtocol.Tls;
            if (tls != listener.Tls is not null)
            {
                yield return tls ? "has no tls" : "has tls";
            }

            if (listener.Tls is not ListenerTlsConfig config)
            {
                yield break;
            }

            if (config.Mode == TlsMode.Terminate == config.Certificates.IsDefaultOrEmpty)
            {
                yield return $"has mode {config.Mode} with {config.Certificates.Length} certificates";
            }

            foreach (string id in config.Certificates.Select(c => c.Certificate).Where(c => !certificates.Contains(c)))
            {
                yield return $"has no {id}";
            }

            foreach (string id in (config.ClientValidation?.Authorities ?? []).Where(a => !authorities.Contains(a)))
            {
                yield return $"has no {id}";
            }
        }
    }
}
