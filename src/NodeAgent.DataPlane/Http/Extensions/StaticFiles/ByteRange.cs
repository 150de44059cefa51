using System.Globalization;

namespace NodeAgent.DataPlane.Http.Extensions.StaticFiles;

/// <summary>What a Range field asks for (RFC 9110, section 14.2).</summary>
internal enum RangeKind
{
    /// <summary>No range, several of them, or one that is malformed: the whole is the answer.</summary>
    Whole,
    Part,

    /// <summary>Nothing of it lies in the file.</summary>
    Unsatisfiable,
}

/// <param name="Start">The first byte.</param>
/// <param name="Length">At least 1, and within the file, for a part.</param>
internal readonly record struct ByteRange(RangeKind Kind, long Start, long Length)
{
    public static ByteRange Read(ReadOnlySpan<char> field, long fileLength)
    {
        const string unit = "bytes=";
        var whole = new ByteRange(RangeKind.Whole, 0, fileLength);
        if (!field.StartsWith(unit, StringComparison.OrdinalIgnoreCase))
        {
            return whole;
        }

        ReadOnlySpan<char> range = field[unit.Length..].Trim();
        int dash = range.IndexOf('-');
        if (dash < 0)
        {
            return whole;
        }

        ReadOnlySpan<char> from = range[..dash];
        ReadOnlySpan<char> to = range[(dash + 1)..];
        if (from.IsEmpty)
        {
            return TryNumber(to, out long suffix) ? Part(Math.Max(fileLength - suffix, 0), fileLength - 1, suffix > 0, fileLength) : whole;
        }

        long last = fileLength - 1;
        return TryNumber(from, out long first) && (to.IsEmpty || (TryNumber(to, out last) && last >= first))
            ? Part(first, Math.Min(last, fileLength - 1), first < fileLength, fileLength)
            : whole;
    }

    private static ByteRange Part(long first, long last, bool satisfiable, long fileLength) => satisfiable && fileLength > 0
        ? new ByteRange(RangeKind.Part, first, last - first + 1)
        : new ByteRange(RangeKind.Unsatisfiable, 0, 0);

    private static bool TryNumber(ReadOnlySpan<char> text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
