using System.Security.Cryptography;

namespace NodeAgent.TestCluster.Writing;

/// <summary>Names of objects that ask for one (metadata.generateName).</summary>
internal static class NameGeneration
{
    /// <summary>Characters that make no words.</summary>
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";

    private const int Suffix = 5;

    /// <summary>Longest generated name.</summary>
    private const int Longest = 63;

    public static string From(string prefix) =>
        (prefix.Length > Longest - Suffix ? prefix[..(Longest - Suffix)] : prefix) + RandomNumberGenerator.GetString(Alphabet, Suffix);
}
