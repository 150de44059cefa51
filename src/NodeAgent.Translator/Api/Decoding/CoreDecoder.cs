using System.Collections.Immutable;
using System.Text;

namespace NodeAgent.Translator.Api.Decoding;

/// <summary>Small kinds of the core group.</summary>
internal static class CoreDecoder
{
    public static Namespace ReadNamespace(FieldReader document, ObjectMeta meta)
    {
        document.Know("spec");
        return new Namespace(meta);
    }

    public static Secret ReadSecret(FieldReader document, ObjectMeta meta)
    {
        document.OptionalFlag("immutable");
        string type = document.OptionalText("type", TextRules.Any) ?? "Opaque";
        ImmutableSortedDictionary<string, ImmutableArray<byte>>.Builder data = Bytes(document, "data", "stringData").ToBuilder();
        foreach ((string key, string text) in document.Map("stringData", int.MaxValue, TextRules.SecretKey, TextRules.Any))
        {
            data[key] = [.. Encoding.UTF8.GetBytes(text)];
        }

        return new Secret(meta, type, data.ToImmutable());
    }

    public static ConfigMap ReadConfigMap(FieldReader document, ObjectMeta meta)
    {
        document.OptionalFlag("immutable");
        ImmutableSortedDictionary<string, string> data = document.Map("data", int.MaxValue, TextRules.SecretKey, TextRules.Any);
        ImmutableSortedDictionary<string, ImmutableArray<byte>> binary = Bytes(document, "binaryData", "data");
        foreach (string key in binary.Keys.Where(data.ContainsKey))
        {
            document.ReportAt(FieldPath.Child("binaryData", key), "is a key of data too", "keys must be unique in both together");
        }

        return new ConfigMap(meta, data, binary);
    }

    /// <param name="plain">The field beside it that takes text as it is.</param>
    private static ImmutableSortedDictionary<string, ImmutableArray<byte>> Bytes(FieldReader document, string field, string plain)
    {
        var data = ImmutableSortedDictionary.CreateBuilder<string, ImmutableArray<byte>>(StringComparer.Ordinal);
        foreach ((string key, string base64) in document.Map(field, int.MaxValue, TextRules.SecretKey, TextRules.Any))
        {
            byte[] value = new byte[base64.Length];
            if (Convert.TryFromBase64String(base64, value, out int length))
            {
                data[key] = [.. value.AsSpan(0, length)];
            }
            else
            {
                document.ReportAt(FieldPath.Child(field, key), "is not base64", $"must be base64; plain text goes into {plain}");
            }
        }

        return data.ToImmutable();
    }
}
