using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;

namespace NodeAgent.DataPlane.Http.Extensions;

/// <summary>
/// What is written here reaches the client compressed. A flush lets all that was written arrive, so streams flow as they do without it.
/// While nothing is written it holds no buffer but those of the encoder.
/// </summary>
internal sealed class CompressingWriter : PipeWriter, IDisposable
{
    /// <summary>Of 11 (brotli) and of 9 (deflate): most of the saving at a speed of some 100 MB/s, for this runs on a worker.</summary>
    private const int Level = 4;

    private const int BufferSize = 16 * 1024;

    private readonly Sink _sink;
    private readonly Stream _encoder;
    private byte[]? _buffer;
    private bool _finished;

    /// <param name="coding">"br" or "gzip".</param>
    public CompressingWriter(PipeWriter output, string coding)
    {
        _sink = new Sink(output);
        _encoder = coding == "br"
            ? new BrotliStream(_sink, new BrotliCompressionOptions { Quality = Level }, leaveOpen: true)
            : new GZipStream(_sink, new ZLibCompressionOptions { CompressionLevel = Level }, leaveOpen: true);
    }

    /// <summary>Bytes for the client so far.</summary>
    public long Written => _sink.Written;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_buffer is null || _buffer.Length < sizeHint)
        {
            ReturnBuffer();
            _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(sizeHint, BufferSize));
        }

        return _buffer;
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes) => _encoder.Write(_buffer.AsSpan(0, bytes));

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        ReturnBuffer();
        if (!_finished)
        {
            _encoder.Flush();
        }

        return _sink.Output.FlushAsync(cancellationToken);
    }

    /// <summary>The body is whole: what the encoder holds back goes out with its end mark.</summary>
    public ValueTask<FlushResult> FinishAsync()
    {
        ReturnBuffer();
        _finished = true;
        _encoder.Dispose();
        return _sink.Output.FlushAsync();
    }

    /// <summary>Without <see cref="FinishAsync"/> the answer was cut off, and may get no end mark that says otherwise.</summary>
    public void Dispose()
    {
        ReturnBuffer();
        if (!_finished)
        {
            _finished = true;
            _sink.Drops = true;
            _encoder.Dispose();
        }
    }

    public override void CancelPendingFlush() => _sink.Output.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => Dispose();

    private void ReturnBuffer()
    {
        if (_buffer is { } buffer)
        {
            _buffer = null;
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Writes never wait: what is not flushed is held by the output.</summary>
    private sealed class Sink(PipeWriter output) : Stream
    {
        public PipeWriter Output => output;

        public long Written { get; private set; }

        public bool Drops { get; set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (!Drops)
            {
                output.Write(buffer);
                Written += buffer.Length;
            }
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
