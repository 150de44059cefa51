using System.Globalization;
using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Api;

namespace NodeAgent.TestCluster.Reading;

/// <summary>resourceVersion as clients send it.</summary>
internal static class Revisions
{
    /// <exception cref="ApiRefusal">400: not a version.</exception>
    public static long Parse(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long revision)
        ? revision
        : throw Refusals.BadRequest($"Invalid value: \"{text}\": strconv.ParseUint: parsing \"{text}\": invalid syntax");

    /// <summary>A version of the future: of another server, or of a storage that was restored.</summary>
    public static ApiRefusal TooLarge(long wanted, long current) => new(504, "Timeout", $"Timeout: Too large resource version: {wanted}, current: {current}", new JsonObject
    {
        ["causes"] = new JsonArray(new JsonObject { ["reason"] = "ResourceVersionTooLarge", ["message"] = "Too large resource version" }),
        ["retryAfterSeconds"] = 1,
    });
}
