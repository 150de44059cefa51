using System.Security.Cryptography;
using System.Text;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Http.Extensions;

/// <summary>
/// One user's password. A slow hash is computed once for a right password: afterwards its fast, keyed hash is enough.
/// Comparisons take the same time for wrong and right.
/// </summary>
internal sealed class PasswordCheck
{
    /// <summary>Of this process: the fast hashes are of no use to anybody else.</summary>
    private static readonly byte[] Pepper = RandomNumberGenerator.GetBytes(32);

    private readonly BasicAuthUser _user;
    private readonly byte[] _salt;
    private readonly byte[] _hash;
    private byte[]? _verified;

    public PasswordCheck(BasicAuthUser user)
    {
        _user = user;
        _salt = Bytes(user.Salt);
        _hash = Bytes(user.Hash);
    }

    /// <summary>Milliseconds of computing: not for a worker.</summary>
    public bool IsSlow => _user.Scheme == PasswordScheme.Pbkdf2Sha256;

    /// <summary>Whether this very password was found right before.</summary>
    public bool IsKnown(ReadOnlySpan<byte> password) =>
        Volatile.Read(ref _verified) is { } verified && CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(Pepper, password), verified);

    public bool Verify(ReadOnlySpan<byte> password)
    {
        if (_hash.Length == 0 || !CryptographicOperations.FixedTimeEquals(Hash(password), _hash))
        {
            return false;
        }

        if (IsSlow)
        {
            Volatile.Write(ref _verified, HMACSHA256.HashData(Pepper, password));
        }

        return true;
    }

    private byte[] Hash(ReadOnlySpan<byte> password) => _user.Scheme switch
    {
        PasswordScheme.Pbkdf2Sha256 => Rfc2898DeriveBytes.Pbkdf2(
            password, _salt, Math.Clamp(_user.Iterations, 1, 1_000_000), HashAlgorithmName.SHA256, _hash.Length),
        PasswordScheme.Sha256 => SHA256.HashData([.. _salt, .. password]),
#pragma warning disable CA5350 // The {SHA} of htpasswd is what it is; the documentation says to take a better one.
        _ => SHA1.HashData([.. _salt, .. password]),
#pragma warning restore CA5350
    };

    private static byte[] Bytes(string base64)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetMaxByteCount(base64.Length)];
        return Convert.TryFromBase64String(base64, bytes, out int written) ? bytes[..written] : [];
    }
}
