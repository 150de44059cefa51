using System.Security.Cryptography;
using System.Text;

namespace NodeAgent.Translator;

/// <summary>Names of up to 253 characters, for places that take 63: label values and names of Services.</summary>
internal static class ShortName
{
    private const int MaxLength = 63;

    /// <summary>Enough that two long names of one cluster never meet, 32 bits of SHA-256.</summary>
    private const int HashDigits = 8;

    /// <summary>The name as it is if it fits, else its beginning and a hash of the whole.</summary>
    /// <param name="dots">Whether the place takes dots.</param>
    public static string Of(string name, bool dots)
    {
        if (name.Length <= MaxLength && (dots || !name.Contains('.', StringComparison.Ordinal)))
        {
            return name;
        }

        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..HashDigits];
        string start = dots ? name : name.Replace('.', '-');
        return start[..Math.Min(start.Length, MaxLength - HashDigits - 1)].TrimEnd('-', '.', '_') + "-" + hash;
    }
}
