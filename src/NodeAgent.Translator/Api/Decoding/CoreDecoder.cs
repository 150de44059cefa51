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
        var data = ImmutableSortedDictionary.CreateBuilder<string, ImmutableArray<byte>>(StringComparer.Ordinal);
        foreach ((string key, string base64) in document.Map("data", int.MaxValue, TextRules.SecretKey, TextRules.Any))
        {
            byte[] value = new byte[base64.Length];
            if (Convert.TryFromBase64String(base64, value, out int length))
            {
                data[key] = [.. value.AsSpan(0, length)];
            }
            else
            {
                document.ReportAt(FieldPath.Child("data", key), "is not base64", "must be base64; plain text goes into stringData");
            }
        }

        foreach ((string key, string text) in document.Map("stringData", int.MaxValue, TextRules.SecretKey, TextRules.Any))
        {
            data[key] = [.. Encoding.UTF8.GetBytes(text)];
        }

        return new Secret(meta, type, data.ToImmutable());
    }
}
