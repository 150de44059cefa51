using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using NodeAgent.TestCluster.Api;
using NodeAgent.TestCluster.Json;
using YamlDotNet.Core;

namespace NodeAgent.TestCluster.Serving;

/// <summary>Bodies of requests: JSON or YAML.</summary>
internal static class RequestBody
{
    /// <summary>Most bytes of a body, as the real server.</summary>
    private const int Most = 3 * 1024 * 1024;

    public static async Task<byte[]> ReadAsync(HttpRequest request, CancellationToken cancel)
    {
        PipeReader reader = request.BodyReader;
        while (true)
        {
            ReadResult read = await reader.ReadAsync(cancel).ConfigureAwait(false);
            if (read.Buffer.Length > Most)
            {
                throw new ApiRefusal(413, "RequestEntityTooLarge", $"Request entity too large: limit is {Most}");
            }

            if (read.IsCompleted)
            {
                byte[] all = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return all;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <exception cref="ApiRefusal">400 or 415: not an object.</exception>
    public static JsonObject Object(byte[] body, string mediaType, List<string> duplicates)
    {
        if (mediaType == ProtobufBody.MediaType)
        {
            return ProtobufBody.Object(body);
        }

        if (mediaType is not ("" or "application/json" or "application/yaml" or "*/*"))
        {
            throw Refusals.UnsupportedMediaType("the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf");
        }

        return Tree(body, mediaType == "application/yaml", duplicates) as JsonObject
            ?? throw Refusals.BadRequest("couldn't get version/kind; json parse error: json: cannot unmarshal into Go value of type struct { APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" }");
    }

    /// <exception cref="ApiRefusal">400: the text cannot be read; a string that is no Unicode is an InvalidOperationException to the reader.</exception>
    public static JsonNode? Tree(byte[] body, bool yaml, List<string>? duplicates)
    {
        try
        {
            return yaml ? YamlText.Nodes(Encoding.UTF8.GetString(body)).FirstOrDefault() : JsonText.Parse(body, duplicates);
        }
        catch (Exception e) when (e is JsonException or YamlException or InvalidOperationException)
        {
            throw Refusals.BadRequest($"couldn't get version/kind; json parse error: {e.Message}");
        }
    }

    public static string MediaType(string? header) => (header ?? "").Split(';')[0].Trim().ToLowerInvariant();
}
