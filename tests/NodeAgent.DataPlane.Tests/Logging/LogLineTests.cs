using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using NodeAgent.DataPlane.Logging;

namespace NodeAgent.DataPlane.Tests.Logging;

public sealed class LogLineTests
{
    private static readonly string[] Names = ["a", "method", "path", "host", "upstream", "error", "reason", "user_agent"];

    /// <summary>Any UTF-16, lone surrogates too, from empty to more than a line holds.</summary>
    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.Choose(0, 0xffff).Select(c => (char)c).ListOf().Select(c => string.Concat(c)),
        Gen.Elements('"', '\\', '\n', '\r', '\0', '\u007f', 'a', '\u00e9', '\u2028').ListOf().Select(c => string.Concat(c)),
        from unit in Gen.Elements("x", "\"", "\u0001", "\u00e9", "\ud83d\ude00", "\ud83d")
        from count in Gen.Choose(0, 9_000)
        select string.Concat(Enumerable.Repeat(unit, count)));

    [Fact]
    public void A_line_is_valid_JSON_whatever_its_texts_are() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(500),
        Prop.ForAll(Text.ArrayOf(Names.Length).ToArbitrary(), Gen.Choose(int.MinValue, int.MaxValue).ToArbitrary(), Holds));

    [Fact]
    public void Texts_that_fit_are_whole()
    {
        const string text = "a \"quoted\\\" \u0001\t\n\u007f \u00e9 \u2028 \ud83d\ude00 end";
        byte[] buffer = new byte[LogBuffer.MaxLine];
        var line = new LogLine(buffer);
        line.Text("text"u8, text);
        line.Text("lone"u8, "a\ud83db");
        line.TextIfAny("none"u8, "");
        line.Time("time"u8, new DateTime(2026, 1, 2, 3, 4, 5, 678, DateTimeKind.Utc));
        line.Number("number"u8, long.MinValue);
        string json = Encoding.UTF8.GetString(buffer, 0, line.Finish());
        JsonElement root = JsonDocument.Parse(json).RootElement;
        Assert.Equal(text, root.GetProperty("text").GetString());
        Assert.Equal("a\ufffdb", root.GetProperty("lone").GetString());
        Assert.Equal("2026-01-02T03:04:05.678Z", root.GetProperty("time").GetString());
        Assert.Equal(long.MinValue, root.GetProperty("number").GetInt64());
        Assert.Equal(4, root.EnumerateObject().Count());
        Assert.EndsWith("}\n", json, StringComparison.Ordinal);
        Assert.Equal(json.Length - 1, json.IndexOf('\n', StringComparison.Ordinal));
    }

    [Fact]
    public void A_line_without_fields_is_an_empty_object()
    {
        byte[] buffer = new byte[LogBuffer.MaxLine];
        var line = new LogLine(buffer);
        Assert.Equal("{}\n", Encoding.UTF8.GetString(buffer, 0, line.Finish()));
    }

    private static bool Holds(string[] texts, int number)
    {
        byte[] buffer = new byte[LogBuffer.MaxLine];
        var line = new LogLine(buffer);
        for (int i = 0; i < texts.Length; i++)
        {
            line.Text(Encoding.ASCII.GetBytes(Names[i]), texts[i]);
        }

        line.Number("number"u8, number);
        int length = line.Finish();
        JsonElement root = JsonDocument.Parse(buffer.AsMemory(0, length)).RootElement;
        return length <= buffer.Length
            && buffer.AsSpan(0, length - 1).IndexOf((byte)'\n') < 0
            && root.GetProperty("number").GetInt32() == number
            && root.GetProperty(Names[0]).GetString()!.Length > 0 == texts[0].Length > 0
            && texts.Select((t, i) => IsBeginning(root.GetProperty(Names[i]).GetString()!, t)).All(x => x);
    }

    /// <summary>Cut short between characters, never changed.</summary>
    private static bool IsBeginning(string written, string text) =>
        string.Concat(text.EnumerateRunes()).StartsWith(written, StringComparison.Ordinal);
}
