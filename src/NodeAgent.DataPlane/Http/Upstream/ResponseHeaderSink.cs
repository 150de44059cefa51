using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace NodeAgent.DataPlane.Http.Upstream;

/// <summary>Puts a backend's header fields into the client's answer, without those that speak of the connection only.</summary>
internal ref struct ResponseHeaderSink(IHeaderDictionary headers, HeaderTextCache texts) : IHeaderSink
{
    private int _position;

    /// <summary>The Upgrade field, which only counts with status 101.</summary>
    public string? Upgrade { get; private set; }

    /// <summary>The names that Connection lists besides close and keep-alive: they are dropped too.</summary>
    public string? ConnectionNames { get; private set; }

    public void OnHeader(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        int position = _position++;
        if (IsHopByHop(name))
        {
            Note(name, value);
            return;
        }

        string key = texts.Name(position, name);
        string text = texts.Value(position, value);
        StringValues known = headers[key];
        headers[key] = known.Count == 0 ? text : StringValues.Concat(known, text);
    }

    /// <summary>Fields named by Connection, once all fields are known.</summary>
    public readonly void DropNamed()
    {
        foreach (string part in ConnectionNames?.Split(',') ?? [])
        {
            headers.Remove(part.Trim());
        }
    }

    private static bool IsHopByHop(ReadOnlySpan<byte> name) => name.Length switch
    {
        2 => Ascii.EqualsIgnoreCase(name, "te"u8),
        7 => Ascii.EqualsIgnoreCase(name, "trailer"u8) || Ascii.EqualsIgnoreCase(name, "upgrade"u8),
        10 => Ascii.EqualsIgnoreCase(name, "connection"u8) || Ascii.EqualsIgnoreCase(name, "keep-alive"u8),
        16 => Ascii.EqualsIgnoreCase(name, "proxy-connection"u8),
        _ => false,
    };

    private void Note(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (Ascii.EqualsIgnoreCase(name, "upgrade"u8))
        {
            Upgrade = Encoding.Latin1.GetString(value);
        }
        else if (name.Length == 10 && Ascii.EqualsIgnoreCase(name, "connection"u8)
            && !Ascii.EqualsIgnoreCase(value, "close"u8) && !Ascii.EqualsIgnoreCase(value, "keep-alive"u8))
        {
            ConnectionNames = ConnectionNames is null
                ? Encoding.Latin1.GetString(value)
                : $"{ConnectionNames},{Encoding.Latin1.GetString(value)}";
        }
    }
}
