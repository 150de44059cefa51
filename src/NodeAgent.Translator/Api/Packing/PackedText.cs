using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;

namespace NodeAgent.Translator.Api.Packing;

/// <summary>
/// How a text begins: by the number of a word that most objects have, or of one of the forms below. The numbers mean
/// something in one process only.
/// </summary>
internal static class PackedText
{
    public const int Null = 0;

    public const int OwnNamespace = 1;

    /// <summary>So many characters of the object's own name, and then a length in bytes and the rest.</summary>
    public const int OwnName = 2;

    private const int FirstWord = 3;

    /// <summary>From here on the number is this plus a length in bytes; that many of UTF-8 follow.</summary>
    public const int FirstLength = 32;

    /// <summary>Fewer cost as much as they save.</summary>
    private const int MinShared = 3;

    /// <summary>At most <see cref="FirstLength"/> - <see cref="FirstWord"/> of them.</summary>
    private static readonly ImmutableArray<string> Words =
    [
        "", "TCP", "UDP", "SCTP", "IPv4", "IPv6", "FQDN", "Pod", "ClusterIP", "NodePort", "LoadBalancer", "ExternalName",
        "PreferClose", "PreferSameZone", "PreferSameNode", "http", "https", "grpc", "web", "metrics", "dns",
        "kubernetes.io/h2c", "kubernetes.io/ws", "kubernetes.io/wss",
    ];

    private static readonly FrozenDictionary<string, int> Codes =
        Words.Select((word, i) => (word, i)).ToFrozenDictionary(w => w.word, w => FirstWord + w.i, StringComparer.Ordinal);

    public static int? CodeOf(string text) => Codes.TryGetValue(text, out int code) ? code : null;

    /// <summary>Null for no word.</summary>
    public static string? WordOf(int code) => code - FirstWord is >= 0 and int i && i < Words.Length ? Words[i] : null;

    /// <summary>How many characters a text is worth to begin with the name; 0 for none.</summary>
    public static int SharedWith(string name, string text)
    {
        int shared = name.AsSpan().CommonPrefixLength(text);
        return shared >= MinShared && Ascii.IsValid(name) ? shared : 0;
    }
}
