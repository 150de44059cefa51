using System.Text;
using System.Text.Unicode;

namespace NodeAgent.DataPlane.Http.Extensions.StaticFiles;

/// <summary>Which file a request path names.</summary>
internal static class FilePath
{
    /// <param name="target">Path and query as they would go to a backend; the path is normalised but for what a rewrite put in.</param>
    /// <param name="path">Decoded, without its leading slash.</param>
    /// <returns>False when no file can have this name: one with <c>%2F</c>, a NUL, <c>..</c>, or what is no UTF-8.</returns>
    public static bool TryRead(ReadOnlySpan<char> target, out string path)
    {
        path = "";
        int query = target.IndexOf('?');
        ReadOnlySpan<char> raw = (query < 0 ? target : target[..query]).TrimStart('/');
        byte[] bytes = new byte[Encoding.UTF8.GetMaxByteCount(raw.Length)];
        int length = 0;
        while (!raw.IsEmpty)
        {
            if (raw[0] == '%')
            {
                if (!PercentEscape.IsAtStart(raw))
                {
                    return false;
                }

                byte value = PercentEscape.Value(raw[1], raw[2]);
                if (value is (byte)'/' or 0)
                {
                    return false;
                }

                bytes[length++] = value;
                raw = raw[PercentEscape.Length..];
                continue;
            }

            int end = raw.IndexOf('%');
            ReadOnlySpan<char> plain = end < 0 ? raw : raw[..end];
            length += Encoding.UTF8.GetBytes(plain, bytes.AsSpan(length));
            raw = raw[plain.Length..];
        }

        if (!Utf8.IsValid(bytes.AsSpan(0, length)))
        {
            return false;
        }

        path = Encoding.UTF8.GetString(bytes, 0, length);
        return !path.Contains('\0', StringComparison.Ordinal) && !path.Split('/').Any(s => s is ".." or ".");
    }
}
