using System.Text;
using System.Text.Json;
using NodeAgent.Controller.Sources.Kubernetes;

namespace NodeAgent.Controller.Tests.Kubernetes;

public sealed class WatchMemoryTests
{
    private const int Objects = 10_000;

    [Fact]
    public void TenThousandUnrelatedObjectsCostLittleMemoryAndFewAllocations()
    {
        // One page of 10,000 Secrets of 2 KB, as a server sends that knows no limit.
        string data = new('A', 2000);
        byte[] page = Encoding.UTF8.GetBytes(
            $$$"""{"metadata":{"resourceVersion":"1"},"items":[{{{string.Join(',', Enumerable.Range(0, Objects).Select(i => Secret(i, data)))}}}]}""");
        var stream = new MemoryStream(page);
        using var reader = new ListReader();
        int items = Read(reader, stream, 100);
        long before = GC.GetAllocatedBytesForCurrentThread();
        items += Read(reader, stream, int.MaxValue);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(Objects, items);
        Assert.True(reader.Ended);
        Assert.True(allocated < Objects * 500, $"{allocated} bytes for {Objects} objects of {page.Length / Objects} bytes");
    }

    private static string Secret(int number, string data) => $$$"""{"metadata":{"name":"s{{{number}}}"},"data":{"k":"{{{data}}}"}}""";

    private static int Read(ListReader reader, Stream stream, int most)
    {
        int items = 0;
        do
        {
            while (items < most && reader.Next() is JsonDocument document)
            {
                items++;
                document.Dispose();
            }
        }
        while (items < most && reader.FillAsync(stream, CancellationToken.None).AsTask().GetAwaiter().GetResult());
        return items;
    }
}
