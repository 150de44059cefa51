namespace NodeAgent.DataPlane.Http.Extensions;

/// <summary>Reads a Cookie field (RFC 6265, section 4.2.1) without allocation.</summary>
internal static class CookieText
{
    /// <summary>Finds the first cookie called <paramref name="name"/>.</summary>
    /// <param name="value">As sent, quotes included.</param>
    public static bool TryFind(ReadOnlySpan<char> field, string name, out ReadOnlySpan<char> value)
    {
        while (!field.IsEmpty)
        {
            int end = field.IndexOf(';');
            ReadOnlySpan<char> pair = end < 0 ? field : field[..end];
            field = end < 0 ? [] : field[(end + 1)..];
            int equals = pair.IndexOf('=');
            if (equals >= 0 && pair[..equals].Trim().SequenceEqual(name))
            {
                value = pair[(equals + 1)..].Trim();
                return true;
            }
        }

        value = [];
        return false;
    }
}
