using System.Text;
using NodeAgent.Controller.Sources.Kubernetes;
using static NodeAgent.Controller.Tests.Kubernetes.ScriptedServer;

namespace NodeAgent.Controller.Tests.Kubernetes;

public sealed class WatchMemoryTests
{
    private const int Objects = 10_000;

    [Fact]
    public async Task TenThousandUnrelatedObjectsCostLittleMemoryAndFewAllocations()
    {
        // One page of 10,000 Secrets of 2 KB, as a server sends that knows no limit.
        string data = new('A', 2000);
        byte[] page = Encoding.UTF8.GetBytes(
            $$$"""{"metadata":{"resourceVersion":"1"},"items":[{{{string.Join(',', Enumerable.Range(0, Objects).Select(i => Secret(i, data)))}}}]}""");
        var stream = new MemoryStream(page);
        using var reader = new ListReader();
        int items = await ReadAsync(reader, stream, 100);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        items += await ReadAsync(reader, stream, int.MaxValue);
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        Assert.Equal(Objects, items);
        Assert.True(reader.Ended);
        Assert.True(allocated < Objects * 500, $"{allocated} bytes for {Objects} objects of {page.Length / Objects} bytes");
    }

    private static string Secret(int number, string data) => $$$"""{"metadata":{"name":"s{{{number}}}"},"data":{"k":"{{{data}}}"}}""";

    private static async Task<int> ReadAsync(ListReader reader, Stream stream, int most)
    {
        int items = 0;
        do
        {
            while (items < most && reader.Next() is System.Text.Json.JsonDocument document)
            {
                items++;
                document.Dispose();
            }
        }
        while (items < most && await reader.FillAsync(stream, CancellationToken.None));
        return items;
    }
}
