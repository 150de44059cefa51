using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace NodeAgent.Controller.Sources.Kubernetes;

/// <summary>
/// A token or a client certificate in files that others renew: read again every minute and when the server refuses it.
/// While a file cannot be read, what was read last goes on to be shown.
/// </summary>
/// <param name="tokenFile">Wins over <paramref name="authorization"/>; null for none.</param>
/// <param name="certificate">Reads the client certificate; null for none.</param>
internal sealed class FileCredential(string? tokenFile, string? authorization, Func<X509Certificate2Collection>? certificate, TimeProvider time) : ICredentialSource
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private Credential? _last;
    private long _readAt;
    private bool _stale;

    public ValueTask<CredentialAnswer> GetAsync(CancellationToken cancel)
    {
        lock (_lock)
        {
            if (_last is not null && !_stale && time.GetElapsedTime(_readAt) < MaxAge)
            {
                return new(new CredentialAnswer(_last));
            }

            try
            {
                _last = Read();
                _stale = false;
                _readAt = time.GetTimestamp();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
            {
                // Also where a certificate was renewed and its key was not yet: they are read again with the next request.
                return new(new CredentialAnswer(_last, e.Message));
            }

            return new(new CredentialAnswer(_last));
        }
    }

    public void Refused(Credential credential)
    {
        lock (_lock)
        {
            _stale |= ReferenceEquals(credential, _last);
        }
    }

    private Credential Read()
    {
        string? header = authorization;
        if (tokenFile is not null)
        {
            string token = File.ReadAllText(tokenFile).Trim();
            header = token.Length == 0 ? throw new IOException($"{tokenFile} is empty, it should hold a token")
                : KubeconfigUser.IsToken(token) ? $"Bearer {token}"
                : throw new IOException($"{tokenFile} has characters that no token has");
        }

        var read = new Credential(header, certificate?.Invoke());
        return _last is not null && _last.Authorization == read.Authorization && _last.HasSameCertificate(read) ? _last : read;
    }
}
