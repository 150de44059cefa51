using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;
using NodeAgent.DataPlane.Workers;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Http.Extensions;

/// <summary>Answers 401 to whoever does not name a user with its password (RFC 7617). Slow hashes are computed off the workers.</summary>
internal sealed class BasicAuth : HttpExtension
{
    /// <summary>Characters of an Authorization field: more is nobody's name and password.</summary>
    private const int MaxCredentials = 2048;

    /// <summary>Slow hashes that may wait for their turn; each takes some milliseconds of a core.</summary>
    private const int MaxWaiting = 64;

    /// <summary>Of the process: guessing must not cost more than half of the machine.</summary>
    private static readonly SemaphoreSlim Hashing = new(Math.Max(1, Environment.ProcessorCount / 2));

    private static int s_waiting;

    private readonly BasicAuthFilter _filter;
    private readonly Dictionary<string, PasswordCheck> _users;
    private readonly PasswordCheck? _decoy;
    private readonly string _challenge;

    public BasicAuth(BasicAuthFilter filter)
    {
        _filter = filter;
        _users = filter.Users.DistinctBy(u => u.Name).ToDictionary(u => u.Name, u => new PasswordCheck(u), StringComparer.Ordinal);
        _decoy = filter.Users.IsEmpty ? null : new PasswordCheck(filter.Users[0]);
        string realm = filter.Realm.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        _challenge = $"Basic realm=\"{realm}\", charset=\"UTF-8\"";
    }

    public bool Serves(BasicAuthFilter filter) => _filter.Realm == filter.Realm && _filter.Users.SequenceEqual(filter.Users);

    public override ValueTask<bool> AdmitAsync(ProxyContext context)
    {
        if (!TryReadCredentials(context.Request.Headers.Authorization.ToString(), out string? user, out byte[]? password))
        {
            return Challenge(context);
        }

        // An unknown user costs as much as a known one: names cannot be found out by the clock.
        bool known = _users.TryGetValue(user, out PasswordCheck? check);
        check ??= _decoy;
        if (check is null)
        {
            return Challenge(context);
        }

        if (check.IsSlow && !check.IsKnown(password))
        {
            return VerifySlowlyAsync(context, check, password, known);
        }

        return (check.IsSlow || check.Verify(password)) && known ? Admitted : Challenge(context);
    }

    private async ValueTask<bool> VerifySlowlyAsync(ProxyContext context, PasswordCheck check, byte[] password, bool known)
    {
        if (Interlocked.Increment(ref s_waiting) > MaxWaiting)
        {
            Interlocked.Decrement(ref s_waiting);
            context.Fail(StatusCodes.Status503ServiceUnavailable, "too_many_logins", FaultSide.Node);
            context.Response.Headers.RetryAfter = "1";
            return false;
        }

        bool right;
        await Hashing.WaitAsync();
        try
        {
            right = await Task.Run(() => check.Verify(password));
        }
        finally
        {
            Hashing.Release();
            Interlocked.Decrement(ref s_waiting);
        }

        await new WorkerSwitch(context.Worker);
        return (right && known) || await Challenge(context);
    }

    private ValueTask<bool> Challenge(ProxyContext context)
    {
        ValueTask<bool> refused = Refuse(context, StatusCodes.Status401Unauthorized, "unauthorized");
        context.Response.Headers.WWWAuthenticate = _challenge;
        return refused;
    }

    private static bool TryReadCredentials(
        string field, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? user, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out byte[]? password)
    {
        const string scheme = "Basic ";
        user = null;
        password = null;
        if (field.Length > MaxCredentials || !field.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        byte[] bytes = new byte[field.Length];
        if (!Convert.TryFromBase64Chars(field.AsSpan(scheme.Length).Trim(), bytes, out int length))
        {
            return false;
        }

        int colon = bytes.AsSpan(0, length).IndexOf((byte)':');
        if (colon < 0)
        {
            return false;
        }

        user = Encoding.UTF8.GetString(bytes, 0, colon);
        password = bytes[(colon + 1)..length];
        return true;
    }
}
