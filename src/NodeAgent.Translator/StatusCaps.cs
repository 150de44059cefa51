using System.Text;
using System.Text.Json.Nodes;

namespace NodeAgent.Translator;

/// <summary>
/// Cuts a status to what the API takes. An API server refuses a status whole when one list is an item too long, and
/// with it all that was true; so what is cut is chosen here.
/// </summary>
internal static class StatusCaps
{
    public const int Conditions = 8;

    public const int Parents = 32;

    public const int Ancestors = 16;

    /// <summary>Of routes of the original Service APIs.</summary>
    public const int Gateways = 100;

    /// <summary>In bytes of UTF-8. The API counts characters, so this is never too long, and stores count bytes.</summary>
    public const int MessageBytes = 32768;

    private const string CutMark = "...";

    private static readonly (string Name, int Max)[] Lists =
    [
        ("addresses", 16),
        ("ancestors", Ancestors),
        ("listeners", 64),
        ("parents", Parents),
        ("gateways", Gateways),
        ("supportedFeatures", SupportedFeatures.Max),
    ];

    /// <summary>
    /// Lists keep their first items: they are written in the order of the spec. Of conditions, those of our own (with a
    /// domain in the type) go before the API's. The parts of a status that are short enough stay as they are.
    /// </summary>
    public static JsonObject Apply(JsonObject status)
    {
        foreach ((string name, int max) in Lists)
        {
            if (status[name] is JsonArray list)
            {
                Shorten(list, max);
                foreach (JsonObject item in list.OfType<JsonObject>())
                {
                    CutConditions(item);
                }
            }
        }

        CutConditions(status);
        return status;
    }

    /// <summary>Cut between characters, and never within a pair of surrogates.</summary>
    public static string Cut(string message, int maxBytes = MessageBytes)
    {
        if (message.Length <= maxBytes / 3 || Encoding.UTF8.GetByteCount(message) <= maxBytes)
        {
            return message;
        }

        int left = maxBytes - CutMark.Length;
        int length = 0;
        foreach (Rune rune in message.EnumerateRunes())
        {
            left -= rune.Utf8SequenceLength;
            if (left < 0)
            {
                break;
            }

            length += rune.Utf16SequenceLength;
        }

        return message[..length] + CutMark;
    }

    private static void CutConditions(JsonObject owner)
    {
        if (owner["conditions"] is not JsonArray conditions)
        {
            return;
        }

        for (int i = conditions.Count - 1; i >= 0 && conditions.Count > Conditions; i--)
        {
            if (((string?)conditions[i]?["type"])?.Contains('/', StringComparison.Ordinal) == true)
            {
                conditions.RemoveAt(i);
            }
        }

        Shorten(conditions, Conditions);
        foreach (JsonObject condition in conditions.OfType<JsonObject>())
        {
            if ((string?)condition["message"] is string message && Cut(message) is string cut && !ReferenceEquals(cut, message))
            {
                condition["message"] = cut;
            }
        }
    }

    private static void Shorten(JsonArray list, int max)
    {
        while (list.Count > max)
        {
            list.RemoveAt(list.Count - 1);
        }
    }
}
