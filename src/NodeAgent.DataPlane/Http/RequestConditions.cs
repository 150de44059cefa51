using System.Buffers;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Primitives;

namespace NodeAgent.DataPlane.Http;

/// <summary>One header or query condition of a match.</summary>
/// <param name="Name">Lower case for a header; case-sensitive for a query parameter.</param>
/// <param name="Pattern">Null: the value has to be equal to <paramref name="Value"/>.</param>
internal readonly record struct ValueCondition(string Name, string Value, Regex? Pattern);

/// <summary>Whether a request meets conditions. All of it is without allocation, but for a pattern that has to look at
/// several values of one header.</summary>
internal static class RequestConditions
{
    public static bool AllHeaders<TRequest>(ReadOnlySpan<ValueCondition> conditions, ref TRequest request)
        where TRequest : struct, IRequestFacts, allows ref struct
    {
        foreach (ref readonly ValueCondition condition in conditions)
        {
            if (!request.TryGetHeader(condition.Name, out StringValues values) || values.Count == 0)
            {
                return false;
            }

            bool holds = condition.Pattern is { } pattern
                ? RoutePattern.Holds(pattern, values.Count == 1 ? values[0] : string.Join(',', values.ToArray()))
                : JoinEquals(values, condition.Value);
            if (!holds)
            {
                return false;
            }
        }

        return true;
    }

    public static bool AllParameters(ReadOnlySpan<ValueCondition> conditions, ReadOnlySpan<char> query)
    {
        foreach (ref readonly ValueCondition condition in conditions)
        {
            if (!QueryText.TryFind(query, condition.Name, out ReadOnlySpan<char> raw))
            {
                return false;
            }

            bool holds = condition.Pattern is { } pattern
                ? Matches(pattern, raw)
                : QueryText.DecodesTo(raw, condition.Value);
            if (!holds)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Several lines of one header are one value, joined by commas (RFC 9110, section 5.3).</summary>
    private static bool JoinEquals(StringValues values, string expected)
    {
        if (values.Count == 1)
        {
            return values[0] == expected;
        }

        ReadOnlySpan<char> rest = expected;
        for (int i = 0; i < values.Count; i++)
        {
            if (i > 0)
            {
                if (!rest.StartsWith(','))
                {
                    return false;
                }

                rest = rest[1..];
            }

            string value = values[i] ?? "";
            if (!rest.StartsWith(value, StringComparison.Ordinal))
            {
                return false;
            }

            rest = rest[value.Length..];
        }

        return rest.IsEmpty;
    }

    private static bool Matches(Regex pattern, ReadOnlySpan<char> raw)
    {
        char[] buffer = ArrayPool<char>.Shared.Rent(raw.Length);
        bool matches = RoutePattern.Holds(pattern, buffer.AsSpan(0, QueryText.Decode(raw, buffer)));
        ArrayPool<char>.Shared.Return(buffer);
        return matches;
    }
}
