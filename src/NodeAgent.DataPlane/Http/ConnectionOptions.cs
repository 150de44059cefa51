using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace NodeAgent.DataPlane.Http;

/// <summary>A Connection header, read once: what it asks for, and whether it names headers at all.</summary>
internal readonly struct ConnectionOptions
{
    private readonly StringValues _values;

    public ConnectionOptions(StringValues values)
    {
        _values = values;
        for (int i = 0; i < values.Count; i++)
        {
            ReadOnlySpan<char> rest = values[i];
            while (TryNext(ref rest, out ReadOnlySpan<char> option))
            {
                if (option.Equals("close", StringComparison.OrdinalIgnoreCase))
                {
                    Close = true;
                }
                else if (option.Equals("keep-alive", StringComparison.OrdinalIgnoreCase))
                {
                    KeepAlive = true;
                }
                else if (option.Equals("upgrade", StringComparison.OrdinalIgnoreCase))
                {
                    Upgrade = true;
                }
                else
                {
                    NamesHeaders |= !IsKept(option);
                }
            }
        }
    }

    public bool Close { get; }

    public bool KeepAlive { get; }

    public bool Upgrade { get; }

    /// <summary>False in nearly every request: then <see cref="Names"/> need not be asked.</summary>
    public bool NamesHeaders { get; }

    /// <summary>Whether a header of this name belongs to the connection because the Connection header says so.</summary>
    public bool Names(string name)
    {
        if (!NamesHeaders)
        {
            return false;
        }

        for (int i = 0; i < _values.Count; i++)
        {
            ReadOnlySpan<char> rest = _values[i];
            while (TryNext(ref rest, out ReadOnlySpan<char> option))
            {
                if (option.Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    return !IsKept(option);
                }
            }
        }

        return false;
    }

    public void RemoveNamed(IHeaderDictionary headers)
    {
        if (!NamesHeaders)
        {
            return;
        }

        for (int i = 0; i < _values.Count; i++)
        {
            ReadOnlySpan<char> rest = _values[i];
            while (TryNext(ref rest, out ReadOnlySpan<char> option))
            {
                if (!IsKept(option))
                {
                    headers.Remove(option.ToString());
                }
            }
        }
    }

    /// <summary>Without these a message would be another one, so a client cannot have them taken out.</summary>
    private static bool IsKept(ReadOnlySpan<char> name) =>
        name.Equals("host", StringComparison.OrdinalIgnoreCase)
        || name.Equals("content-length", StringComparison.OrdinalIgnoreCase);

    private static bool TryNext(ref ReadOnlySpan<char> rest, out ReadOnlySpan<char> option)
    {
        option = [];
        while (!rest.IsEmpty && option.IsEmpty)
        {
            int comma = rest.IndexOf(',');
            option = (comma < 0 ? rest : rest[..comma]).Trim();
            rest = comma < 0 ? [] : rest[(comma + 1)..];
        }

        return !option.IsEmpty;
    }
}
