using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph.Extensions;

/// <summary>
/// Users and passwords of a Secret: the keys username and password, or the key auth with lines <c>USER:HASH</c>. Passwords in plain text
/// are hashed here, so that no snapshot carries one; the salt is made of what they belong to, for the same Secret must give the same bytes.
/// </summary>
internal static class PasswordFile
{
    private const int MaxUsers = 10_000;

    private const int MaxIterations = 1_000_000;

    /// <returns>The users, sorted by name, or what is wrong.</returns>
    public static (ImmutableArray<BasicAuthUser> Users, string? Mistake) Read(Secret secret)
    {
        if (secret.Data.TryGetValue("auth", out ImmutableArray<byte> file))
        {
            return ReadLines(secret.Meta.Key, Encoding.UTF8.GetString(file.AsSpan()));
        }

        if (!secret.Data.TryGetValue("username", out ImmutableArray<byte> username) || !secret.Data.TryGetValue("password", out ImmutableArray<byte> password))
        {
            return ([], "has neither the key auth nor the keys username and password");
        }

        string user = Encoding.UTF8.GetString(username.AsSpan());
        return user.Length == 0 || user.Contains(':', StringComparison.Ordinal)
            ? ([], "username is empty or has a colon")
            : ([Plain(secret.Meta.Key, user, password.AsSpan())], null);
    }

    private static (ImmutableArray<BasicAuthUser> Users, string? Mistake) ReadLines(string key, string text)
    {
        var users = new SortedDictionary<string, BasicAuthUser>(StringComparer.Ordinal);
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].TrimEnd('\r');
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || Read(key, line[..colon], line[(colon + 1)..]) is not BasicAuthUser user)
            {
                // Never the line itself: it may be a password.
                return ([], $"line {i + 1} of auth is no USER:HASH with a hash of $pbkdf2-sha256$, {{SHA256}}, {{SHA}} or {{PLAIN}}");
            }

            // As with other readers of such files, the first line of a name counts.
            users.TryAdd(user.Name, user);
        }

        return users.Count is 0 or > MaxUsers ? ([], $"auth has {users.Count} users; 1 to {MaxUsers} are served") : ([.. users.Values], null);
    }

    private static BasicAuthUser? Read(string key, string user, string hash)
    {
        const string sha256 = "{SHA256}", sha1 = "{SHA}", plain = "{PLAIN}", pbkdf2 = "$pbkdf2-sha256$";
        if (hash.StartsWith(plain, StringComparison.Ordinal))
        {
            return Plain(key, user, Encoding.UTF8.GetBytes(hash[plain.Length..]));
        }

        if (hash.StartsWith(sha256, StringComparison.Ordinal))
        {
            return Unsalted(user, PasswordScheme.Sha256, hash[sha256.Length..], SHA256.HashSizeInBytes);
        }

        if (hash.StartsWith(sha1, StringComparison.Ordinal))
        {
            return Unsalted(user, PasswordScheme.Sha1, hash[sha1.Length..], SHA1.HashSizeInBytes);
        }

        return hash.StartsWith(pbkdf2, StringComparison.Ordinal) ? Pbkdf2(user, hash[pbkdf2.Length..].Split('$')) : null;
    }

    private static BasicAuthUser Plain(string key, string user, ReadOnlySpan<byte> password)
    {
        byte[] salt = SHA256.HashData(Encoding.UTF8.GetBytes($"nodeagent {key}\n{user}"));
        return new BasicAuthUser(
            user, PasswordScheme.Sha256, 0, Convert.ToBase64String(salt), Convert.ToBase64String(SHA256.HashData([.. salt, .. password])));
    }

    private static BasicAuthUser? Unsalted(string user, PasswordScheme scheme, string base64, int length) =>
        Decode(base64, length) is string hash ? new BasicAuthUser(user, scheme, 0, "", hash) : null;

    /// <param name="parts">Rounds, salt and hash, the latter two in base64 with '.' for '+' and without padding.</param>
    private static BasicAuthUser? Pbkdf2(string user, string[] parts) =>
        parts.Length == 3
        && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int rounds)
        && rounds is >= 1 and <= MaxIterations
        && Decode(Padded(parts[1]), null) is string salt
        && Decode(Padded(parts[2]), SHA256.HashSizeInBytes) is string hash
            ? new BasicAuthUser(user, PasswordScheme.Pbkdf2Sha256, rounds, salt, hash)
            : null;

    private static string Padded(string text) => text.Replace('.', '+') + new string('=', (4 - (text.Length % 4)) % 4);

    /// <summary>The same bytes in canonical base64; null when it is none, or of another length.</summary>
    private static string? Decode(string base64, int? length)
    {
        byte[] bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out int written) && (length is null || written == length)
            ? Convert.ToBase64String(bytes.AsSpan(0, written))
            : null;
    }
}
