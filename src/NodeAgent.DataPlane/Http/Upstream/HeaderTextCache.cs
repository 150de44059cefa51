using System.Text;

namespace NodeAgent.DataPlane.Http.Upstream;

/// <summary>
/// Strings of the header fields of the last answer on a connection, by position. An answer with the same fields costs no new
/// strings; one that differs costs only those that differ.
/// </summary>
internal sealed class HeaderTextCache
{
    private const int Capacity = 48;

    private readonly string?[] _names = new string?[Capacity];
    private readonly string?[] _values = new string?[Capacity];

    public string Name(int position, ReadOnlySpan<byte> bytes) => Text(_names, position, bytes);

    public string Value(int position, ReadOnlySpan<byte> bytes) => Text(_values, position, bytes);

    private static string Text(string?[] texts, int position, ReadOnlySpan<byte> bytes)
    {
        if (position >= Capacity)
        {
            return Encoding.Latin1.GetString(bytes);
        }

        ref string? known = ref texts[position];
        return known is not null && Ascii.Equals(bytes, known) ? known : known = Encoding.Latin1.GetString(bytes);
    }
}
