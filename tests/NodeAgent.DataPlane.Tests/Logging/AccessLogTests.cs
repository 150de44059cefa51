using System.Text;
using NodeAgent.DataPlane.Linux;
using NodeAgent.DataPlane.Logging;
using NodeAgent.DataPlane.Workers;
using static NodeAgent.DataPlane.Tests.Tcp.Net;

namespace NodeAgent.DataPlane.Tests.Logging;

public sealed class AccessLogTests : IDisposable
{
    private readonly Worker _worker = new(0, new DescriptorBudget(1_000));
    private readonly Sink _sink = new();

    public AccessLogTests() => _worker.Start();

    public void Dispose()
    {
        _sink.Open();
        _worker.Dispose();
    }

    [Fact]
    public async Task A_line_is_handed_over_by_its_age()
    {
        _sink.Open();
        using var log = new AccessLog(_sink);
        var buffer = new LogBuffer(_worker, log);
        await WriteAsync(buffer, 3, 10);
        await EventuallyAsync(() => _sink.Lines == 3, () => $"{_sink.Lines} lines");
    }

    [Fact]
    public async Task Lines_are_handed_over_when_the_buffer_is_full()
    {
        _sink.Open();
        using var log = new AccessLog(_sink);
        var buffer = new LogBuffer(_worker, log);

        // In one go, so no timer can run between them; the last ones wait for theirs.
        await WriteAsync(buffer, 1_000, 1_000);
        await EventuallyAsync(() => _sink.Lines >= 900, () => $"{_sink.Lines} lines");
        await EventuallyAsync(() => _sink.Lines == 1_000, () => $"{_sink.Lines} lines");
        Assert.True(_sink.Writes is > 10 and < 100, $"{_sink.Writes} writes");
        Assert.Equal(0, log.Dropped);
    }

    [Fact]
    public async Task Lines_that_a_blocked_output_cannot_take_are_dropped_and_counted()
    {
        const int written = 20_000;
        using (var log = new AccessLog(_sink))
        {
            var buffer = new LogBuffer(_worker, log);
            await WriteAsync(buffer, written, 1_000).WaitAsync(Patience);
            Assert.InRange(log.Dropped, 1, written - 1);
            _sink.Open();
            await _worker.RunAsync(buffer.HandOver);
            await EventuallyAsync(() => _sink.Lines + log.Dropped == written, () => $"{_sink.Lines} + {log.Dropped} lines");
        }

        Assert.All(_sink.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries), l => Assert.EndsWith("}", l, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Lines_that_an_output_fails_to_take_are_counted_and_the_log_goes_on()
    {
        _sink.Open();
        _sink.Failures = 1;
        using var log = new AccessLog(_sink);
        var buffer = new LogBuffer(_worker, log);
        await WriteAsync(buffer, 5, 10);
        await EventuallyAsync(() => log.Dropped == 5, () => $"{log.Dropped} dropped");
        await WriteAsync(buffer, 2, 10);
        await EventuallyAsync(() => _sink.Lines == 2, () => $"{_sink.Lines} lines");
    }

    [Fact]
    public async Task A_blocked_output_does_not_hold_up_the_end()
    {
        var log = new AccessLog(_sink);
        var buffer = new LogBuffer(_worker, log);
        await WriteAsync(buffer, 1, 10);
        await _worker.RunAsync(buffer.HandOver);
        await _sink.Entered.WaitAsync(Patience);
        await Task.Run(log.Dispose).WaitAsync(Patience);
    }

    private Task WriteAsync(LogBuffer buffer, int lines, int size)
    {
        string text = new('x', size);
        return _worker.RunAsync(() =>
        {
            for (int i = 0; i < lines; i++)
            {
                LogLine line = buffer.Begin();
                line.Text("text"u8, text);
                line.Number("n"u8, i);
                buffer.End(ref line);
            }
        });
    }

    /// <summary>Takes nothing before it is opened.</summary>
    private sealed class Sink : Stream
    {
        private readonly ManualResetEventSlim _open = new();
        private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly MemoryStream _bytes = new();
        private int _writes;

        public int Failures { get; set; }

        public Task Entered => _entered.Task;

        public int Writes => Volatile.Read(ref _writes);

        public int Lines => Text.Count(c => c == '\n');

        public string Text
        {
            get
            {
                lock (_bytes)
                {
                    return Encoding.UTF8.GetString(_bytes.ToArray());
                }
            }
        }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public void Open() => _open.Set();

        public override void Write(byte[] buffer, int offset, int count)
        {
            _entered.TrySetResult();
            _open.Wait();
            if (Failures-- > 0)
            {
                throw new IOException("no space left on device");
            }

            lock (_bytes)
            {
                _bytes.Write(buffer, offset, count);
            }

            Interlocked.Increment(ref _writes);
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
