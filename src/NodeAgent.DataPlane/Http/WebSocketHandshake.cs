using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace NodeAgent.DataPlane.Http;

/// <summary>
/// Our half of the handshake (RFC 6455, section 4) with an HTTP/1.1 backend for a client that came over HTTP/2, where there is none
/// (RFC 8441, section 5).
/// </summary>
internal static class WebSocketHandshake
{
    private const int KeyBytes = 16;

    public static string NewKey()
    {
        Span<byte> key = stackalloc byte[KeyBytes];
        RandomNumberGenerator.Fill(key);
        return Convert.ToBase64String(key);
    }

    /// <summary>Whether the answer to a request with <paramref name="key"/> switched; takes the proof out, for it is not the client's.</summary>
    public static bool TakeProof(string key, IHeaderDictionary answer)
    {
        string proof = answer.SecWebSocketAccept.ToString();
        answer.Remove("Sec-WebSocket-Accept");
        return proof == AcceptOf(key);
    }

    private static string AcceptOf(string key)
    {
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // RFC 6455 says SHA-1; it proves that the peer understood, and keeps no secret.
        SHA1.HashData(Encoding.Latin1.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"), hash);
#pragma warning restore CA5350
        return Convert.ToBase64String(hash);
    }
}
