using System.Net;

namespace NodeAgent.DataPlane.Tests.Http.Http2Upstream;

/// <summary>A request body that a test sends piece by piece, while the answer may already be coming back.</summary>
internal sealed class OpenBody : HttpContent
{
    private readonly TaskCompletionSource<Stream> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public HttpRequestMessage Post(string path) => new(HttpMethod.Post, path)
    {
        Version = HttpVersion.Version20,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Content = this,
    };

    public async Task SendAsync(byte[] bytes)
    {
        Stream stream = await _opened.Task;
        await stream.WriteAsync(bytes);
        await stream.FlushAsync();
    }

    public void End() => _ended.TrySetResult();

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // HttpClient does not send the head before this.
        await stream.FlushAsync(cancellationToken);
        _opened.TrySetResult(stream);
        try
        {
            await _ended.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // An answer came first. An exception here could hide it.
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
