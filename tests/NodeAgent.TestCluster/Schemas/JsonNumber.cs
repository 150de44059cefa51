using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NodeAgent.TestCluster.Schemas;

/// <summary>A number of a JSON document, however the document was made (parsed, or built in memory).</summary>
internal readonly record struct JsonNumber(bool IsInteger, long AsLong, double AsDouble)
{
    public static bool TryRead(JsonNode? node, out JsonNumber number)
    {
        number = default;
        if (node is not JsonValue value || value.GetValueKind() != JsonValueKind.Number)
        {
            return false;
        }

        if (value.TryGetValue(out long whole))
        {
            number = new JsonNumber(true, whole, whole);
        }
        else if (value.TryGetValue(out int small))
        {
            number = new JsonNumber(true, small, small);
        }
        else
        {
            // Other number types in memory (short, decimal, ...) are rare enough to go through their text.
            double real = value.TryGetValue(out double given) ? given : double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture);
            bool integral = Math.Floor(real) == real && Math.Abs(real) < 9.2e18;
            number = new JsonNumber(integral, integral ? (long)real : 0, real);
        }

        return true;
    }

    public override string ToString() =>
        IsInteger ? AsLong.ToString(CultureInfo.InvariantCulture) : AsDouble.ToString("R", CultureInfo.InvariantCulture);
}
