using System.Buffers;
using System.Text.Json;

namespace NodeAgent.Controller.Sources.Kubernetes;

/// <summary>The part of a stream of JSON that is being read, over pooled memory. Only the piece at hand is kept.</summary>
internal sealed class JsonBuffer(int size) : IDisposable
{
    /// <summary>An API server takes no object of more than a few MiB; a larger piece is no object.</summary>
    private const int MaxPiece = 64 << 20;

    /// <summary>Deeper than the schemas of CustomResourceDefinitions go.</summary>
    private const int MaxDepth = 256;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(size);
    private int _piece = -1;
    private int _scanned;
    private int _end;

    public static JsonReaderOptions ReaderOptions { get; } = new() { MaxDepth = MaxDepth };

    public static JsonDocumentOptions DocumentOptions { get; } = new() { MaxDepth = MaxDepth };

    /// <summary>What has come and was not looked at yet.</summary>
    public ReadOnlySpan<byte> Unscanned => _bytes.AsSpan(_scanned, _end - _scanned);

    /// <param name="offset">In <see cref="Unscanned"/>: what begins there is kept until it is taken.</param>
    public void BeginPiece(long offset) => _piece = _scanned + (int)offset;

    /// <param name="count">Of the bytes of <see cref="Unscanned"/>, those that need not be looked at again.</param>
    public void Scanned(long count) => _scanned += (int)count;

    /// <returns>The piece up to what was scanned; valid until the next <see cref="FillAsync"/>.</returns>
    public ReadOnlyMemory<byte> TakePiece()
    {
        ReadOnlyMemory<byte> piece = _bytes.AsMemory(_piece, _scanned - _piece);
        _piece = -1;
        return piece;
    }

    /// <returns>False at the end of the stream.</returns>
    /// <exception cref="JsonException">The piece is larger than any object.</exception>
    public async ValueTask<bool> FillAsync(Stream stream, CancellationToken cancel)
    {
        if (_scanned == _end && _piece < 0)
        {
            (_scanned, _end) = (0, 0);
        }
        else if (_bytes.Length - _end < _bytes.Length / 4)
        {
            MakeRoom();
        }

        int read = await stream.ReadAsync(_bytes.AsMemory(_end), cancel);
        _end += read;
        return read > 0;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }

    private void MakeRoom()
    {
        int from = _piece >= 0 ? _piece : _scanned;
        int kept = _end - from;
        byte[] target = _bytes;
        if (kept > _bytes.Length / 2)
        {
            target = kept < MaxPiece ? ArrayPool<byte>.Shared.Rent(_bytes.Length * 2) : throw new JsonException("an object is larger than 64 MiB");
        }

        Buffer.BlockCopy(_bytes, from, target, 0, kept);
        if (target != _bytes)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = target;
        }

        (_piece, _scanned, _end) = (_piece >= 0 ? 0 : -1, _scanned - from, kept);
    }
}
