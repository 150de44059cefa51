using System.Net.Sockets;
using static NodeAgent.DataPlane.Tests.Tcp.Net;

namespace NodeAgent.DataPlane.Tests.Tcp;

/// <summary>
/// Pseudo-random streams that sender and receiver know: each byte is compared with what has to stand at its place, so
/// loss, repetition and mixing up of streams all show.
/// </summary>
internal sealed class Payload(int stream)
{
    // A prime length: no power-of-two slip of a buffer looks right.
    private static readonly byte[] Pattern = Random(1_048_573);

    /// <summary>The bytes from <paramref name="position"/> on, at most as many as are in one piece.</summary>
    public ReadOnlyMemory<byte> At(long position, int most)
    {
        int start = (int)((position + (stream * 130_003L)) % Pattern.Length);
        return Pattern.AsMemory(start, Math.Min(most, Pattern.Length - start));
    }

    /// <param name="sizes">Of the writes, in turn, again and again.</param>
    public async Task SendAsync(Socket socket, long from, long to, params int[] sizes)
    {
        for (int i = 0; from < to; i++)
        {
            ReadOnlyMemory<byte> piece = At(from, (int)Math.Min(to - from, sizes[i % sizes.Length]));
            await socket.SendAllAsync(piece);
            from += piece.Length;
        }
    }

    public async Task ExpectAsync(Socket socket, long from, long to)
    {
        byte[] buffer = new byte[256 * 1024];
        while (from < to)
        {
            int read = await socket.ReceiveAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, to - from))).AsTask().WaitAsync(Patience);
            Assert.True(read > 0, $"the peer closed at {from} of {to}");
            for (int seen = 0; seen < read;)
            {
                ReadOnlyMemory<byte> piece = At(from, read - seen);
                Assert.True(piece.Span.SequenceEqual(buffer.AsSpan(seen, piece.Length)), $"wrong bytes after {from}");
                seen += piece.Length;
                from += piece.Length;
            }
        }
    }

    private static byte[] Random(int length)
    {
        byte[] bytes = new byte[length];
        new Random(1).NextBytes(bytes);
        return bytes;
    }
}
