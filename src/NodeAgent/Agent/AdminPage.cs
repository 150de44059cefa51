using System.Text;

namespace NodeAgent.Agent;

/// <summary>One answer of the admin server.</summary>
internal sealed record AdminPage(int Status, string ContentType, ReadOnlyMemory<byte> Body)
{
    public static AdminPage Text(int status, string text) =>
        new(status, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(text));

    public static AdminPage Json(string json) => new(200, "application/json", Encoding.UTF8.GetBytes(json));

    public static AdminPage Metrics(ReadOnlyMemory<byte> text) => new(200, "text/plain; version=0.0.4; charset=utf-8", text);
}
