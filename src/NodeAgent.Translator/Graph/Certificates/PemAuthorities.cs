using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph.Certificates;

/// <summary>The authorities of a ConfigMap: its key ca.crt.</summary>
internal sealed record PemAuthorities(string Pem)
{
    public const string Key = "ca.crt";

    private static readonly ConditionalWeakTable<ConfigMap, Parsed> Known = [];

    /// <summary>Exactly one of the two is null; the fault is one phrase about the ConfigMap. Read once per object.</summary>
    public static (PemAuthorities? Authorities, string? Fault) Of(ConfigMap map)
    {
        Parsed parsed = Known.GetValue(map, static m => Parse(m));
        return (parsed.Authorities, parsed.Fault);
    }

    private static Parsed Parse(ConfigMap map)
    {
        string? text = map.Data.GetValueOrDefault(Key);
        if (text is null && map.BinaryData.TryGetValue(Key, out ImmutableArray<byte> bytes))
        {
            text = Encoding.UTF8.GetString(bytes.AsSpan());
        }

        if (string.IsNullOrEmpty(text))
        {
            return new Parsed(null, $"has no {Key}");
        }

        (ImmutableArray<byte[]> certificates, string? fault) = PemBundle.Certificates(text);
        return fault is null
            ? new Parsed(new PemAuthorities(PemBundle.Write(certificates)), null)
            : new Parsed(null, $"{Key} {fault}");
    }

    private sealed record Parsed(PemAuthorities? Authorities, string? Fault);
}
