using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace NodeAgent.DataPlane.Http;

/// <summary>
/// Paths in the one form that is matched and forwarded (RFC 3986, section 6.2.2): escapes of unreserved characters
/// decoded, other escapes in upper case, no dot segments. <c>%2F</c> and empty segments stay as they are. A path that
/// backends could read in different ways is refused: controls, characters beyond ASCII, backslashes, <c>#</c>,
/// <c>%00</c> and a <c>%</c> that starts no escape.
/// </summary>
internal static class RequestPath
{
    private const int StackChars = 512;

    /// <summary>What may stand in a path unescaped; RFC 3986 allows less, clients send this much.</summary>
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        "!\"$&'()*+,-./0123456789:;<=>@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    private static readonly SearchValues<char> Unreserved = SearchValues.Create(
        "-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~");

    /// <returns>False when the path is refused. A path that is normal already comes back as the same object.</returns>
    public static bool TryNormalise(string path, [NotNullWhen(true)] out string? normal)
    {
        normal = path;
        if (!TryInspect(path, out bool isNormal))
        {
            normal = null;
            return false;
        }

        if (!isNormal)
        {
            normal = Rewrite(path);
        }

        return true;
    }

    /// <param name="isNormal">Whether the path can be used as it is.</param>
    /// <returns>False when the path is refused.</returns>
    public static bool TryInspect(ReadOnlySpan<char> path, out bool isNormal)
    {
        isNormal = true;
        if (!path.StartsWith('/'))
        {
            return false;
        }

        ReadOnlySpan<char> rest = path;
        while (true)
        {
            int special = rest.IndexOfAnyExcept(Plain);
            if (special < 0)
            {
                break;
            }

            rest = rest[special..];
            if (!PercentEscape.IsAtStart(rest))
            {
                return false;
            }

            byte value = PercentEscape.Value(rest[1], rest[2]);
            if (value == 0)
            {
                return false;
            }

            isNormal &= !Unreserved.Contains((char)value) && !char.IsAsciiLetterLower(rest[1]) && !char.IsAsciiLetterLower(rest[2]);
            rest = rest[PercentEscape.Length..];
        }

        isNormal = isNormal && !HasDotSegment(path);
        return true;
    }

    /// <summary>Normalises a path that <see cref="TryInspect"/> let through.</summary>
    public static string Rewrite(ReadOnlySpan<char> path)
    {
        char[]? rented = path.Length > StackChars ? ArrayPool<char>.Shared.Rent(path.Length) : null;
        Span<char> buffer = rented ?? stackalloc char[StackChars];
        int length = DecodeUnreserved(path, buffer);
        length = RemoveDotSegments(buffer[..length]);
        string normal = new(buffer[..length]);
        if (rented is not null)
        {
            ArrayPool<char>.Shared.Return(rented);
        }

        return normal;
    }

    private static bool HasDotSegment(ReadOnlySpan<char> path)
    {
        while (true)
        {
            int start = path.IndexOf("/.");
            if (start < 0)
            {
                return false;
            }

            path = path[(start + 1)..];
            int end = path.IndexOf('/');
            if ((end < 0 ? path : path[..end]) is "." or "..")
            {
                return true;
            }
        }
    }

    private static int DecodeUnreserved(ReadOnlySpan<char> path, Span<char> decoded)
    {
        int length = 0;
        for (int i = 0; i < path.Length; i++)
        {
            if (path[i] != '%')
            {
                decoded[length++] = path[i];
                continue;
            }

            byte value = PercentEscape.Value(path[i + 1], path[i + 2]);
            if (Unreserved.Contains((char)value))
            {
                decoded[length++] = (char)value;
            }
            else
            {
                PercentEscape.Write(value, decoded[length..]);
                length += PercentEscape.Length;
            }

            i += PercentEscape.Length - 1;
        }

        return length;
    }

    /// <summary>RFC 3986, section 5.2.4, in place: what is kept never gets ahead of what is read.</summary>
    private static int RemoveDotSegments(Span<char> path)
    {
        int length = 0;
        int read = 0;
        while (read < path.Length)
        {
            // Each round takes one segment with the slash before it.
            int next = path[(read + 1)..].IndexOf('/');
            int end = next < 0 ? path.Length : read + 1 + next;
            ReadOnlySpan<char> segment = path[(read + 1)..end];
            if (segment is "." or "..")
            {
                if (segment.Length == 2)
                {
                    length = Math.Max(path[..length].LastIndexOf('/'), 0);
                }

                if (end == path.Length)
                {
                    path[length++] = '/';
                }
            }
            else
            {
                path[read..end].CopyTo(path[length..]);
                length += end - read;
            }

            read = end;
        }

        return length;
    }
}
