using System.Buffers;

namespace NodeAgent.DataPlane.Http;

/// <summary>What header names and values may be made of (RFC 9110, sections 5.1 and 5.5).</summary>
internal static class HeaderText
{
    private static readonly SearchValues<char> TokenText = SearchValues.Create(
        "!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~");

    private static readonly SearchValues<char> Controls = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Where(c => c != '\t').Select(c => (char)c), '\x7F']);

    public static bool IsToken(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExcept(TokenText);

    /// <summary>No controls but tab, and nothing beyond Latin-1: headers are bytes.</summary>
    public static bool IsValue(ReadOnlySpan<char> text) =>
        !text.ContainsAny(Controls) && !text.ContainsAnyExceptInRange('\0', '\xFF');
}
