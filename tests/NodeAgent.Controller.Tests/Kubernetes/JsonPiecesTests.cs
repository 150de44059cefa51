using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using NodeAgent.Controller.Sources.Kubernetes;

namespace NodeAgent.Controller.Tests.Kubernetes;

public sealed class JsonPiecesTests
{
    private const string List = """
        {"kind":"XList","extra":{"items":[{"no":1}],"metadata":{"resourceVersion":"no"}},"items":[{"metadata":{"name":"a"}},
        {"metadata":{"name":"b}]{\"","resourceVersion":"1"},"items":[{"x":[{}]}]} , {"metadata":{"name":"ü"}}],
        "metadata":{"resourceVersion":"42","continue":"on","remainingItemCount":7},"more":[{"items":[{}]}]}
        """;

    [Fact]
    public void AListIsTakenApartAlikeHoweverItsBytesArrive() =>
        Prop.ForAll(Chunks(), chunks =>
        {
            using var reader = new ListReader();
            List<string> items = Read(List, chunks, reader.FillAsync, reader.Next);
            return reader is { Ended: true, ResourceVersion: "42", Continue: "on" } && items.SequenceEqual(["a", "b}]{\"", "ü"]);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void EventsAreTakenApartAlikeHoweverTheirBytesArrive()
    {
        string[] events = [.. Enumerable.Range(0, 20).Select(i => $$$"""{"metadata":{"name":"n{{{i}}}}{\"","pad":"{{{new string('x', i * 997)}}}"}}""")];
        string text = string.Concat(events.Select((line, i) => line + (i % 3) switch { 0 => "\n", 1 => " \r\n\n", _ => "" }));
        Prop.ForAll(Chunks(), chunks =>
        {
            using var reader = new WatchEventReader();
            return Read(text, chunks, reader.FillAsync, reader.Next).SequenceEqual(Enumerable.Range(0, 20).Select(i => $"n{i}}}{{\""));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void WhatIsNoListIsRefusedOrNeverEnds() =>
        Prop.ForAll(Chunks(), Gen.Choose(0, List.Length - 2).ToArbitrary(), (chunks, at) =>
        {
            using var reader = new ListReader();
            try
            {
                // Cut off, or with one character that does not belong there.
                Read(chunks.Length % 2 == 0 ? List[..at] : "]" + List, chunks, reader.FillAsync, reader.Next);
                return !reader.Ended;
            }
            catch (JsonException)
            {
                return true;
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void AnObjectOfManyMegabytesIsRead()
    {
        string big = new('y', 5_000_000);
        using var reader = new ListReader();
        List<string> items = Read($$$"""{"metadata":{"resourceVersion":"1"},"items":[{"metadata":{"name":"a"},"data":"{{{big}}}"},{"metadata":{"name":"b"}}]}""", [100_000], reader.FillAsync, reader.Next);
        Assert.Equal(["a", "b"], items);
        Assert.True(reader.Ended);
    }

    private static Arbitrary<int[]> Chunks() => Gen.Choose(1, 60).ArrayOf().Where(sizes => sizes.Length > 0).ToArbitrary();

    private static List<string> Read(string text, int[] chunks, Func<Stream, CancellationToken, ValueTask<bool>> fill, Func<JsonDocument?> next)
    {
        var stream = new ChunkStream(Encoding.UTF8.GetBytes(text), chunks);
        var names = new List<string>();
        do
        {
            while (next() is JsonDocument document)
            {
                names.Add(document.RootElement.ObjectOf("metadata").TextOf("name"));
                document.Dispose();
            }
        }
        while (fill(stream, CancellationToken.None).AsTask().GetAwaiter().GetResult());
        return names;
    }

    /// <summary>Gives its bytes in pieces of the sizes told, again and again.</summary>
    private sealed class ChunkStream(byte[] bytes, int[] sizes) : MemoryStream(bytes)
    {
        private int _reads;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, sizes[_reads++ % sizes.Length])], cancellationToken);
    }
}
