using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace NodeAgent.DataPlane.Logging;

/// <summary>
/// One JSON object written straight as UTF-8. A text that does not fit is cut short; the line stays valid JSON.
/// </summary>
internal ref struct LogLine
{
    /// <summary>Texts leave at least this much for numbers and the closing brace.</summary>
    private const int Reserve = 512;

    /// <summary>Bytes of one text field at most.</summary>
    private const int MaxText = 4096;

    private static readonly SearchValues<char> Plain = SearchValues.Create(
        " !#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    // Many lines are written in one millisecond, and formatting it costs more than the rest of a line.
    [ThreadStatic]
    private static byte[]? t_timeText;

    [ThreadStatic]
    private static long t_timeOf;

    private readonly Span<byte> _span;
    private int _at;

    public LogLine(Span<byte> span)
    {
        _span = span;
        _span[0] = (byte)'{';
        _at = 1;
    }

    public void Text(ReadOnlySpan<byte> name, ReadOnlySpan<char> value)
    {
        Name(name);
        _span[_at++] = (byte)'"';
        int room = Math.Min(_span.Length - _at - Reserve, MaxText);
        if (value.Length <= room && !value.ContainsAnyExcept(Plain))
        {
            _at += Encoding.ASCII.GetBytes(value, _span[_at..]);
        }
        else if (room > 0)
        {
            Escape(value, _at + room);
        }

        _span[_at++] = (byte)'"';
    }

    /// <summary>Leaves the field out when there is nothing to say.</summary>
    public void TextIfAny(ReadOnlySpan<byte> name, ReadOnlySpan<char> value)
    {
        if (value.Length > 0)
        {
            Text(name, value);
        }
    }

    public void Number(ReadOnlySpan<byte> name, long value)
    {
        Name(name);
        Utf8Formatter.TryFormat(value, _span[_at..], out int written);
        _at += written;
    }

    /// <summary>RFC 3339 with milliseconds, UTC.</summary>
    public void Time(ReadOnlySpan<byte> name, DateTime utc)
    {
        Name(name);
        _span[_at++] = (byte)'"';
        long millisecond = utc.Ticks / TimeSpan.TicksPerMillisecond;
        byte[] text = t_timeText ??= new byte["yyyy-MM-ddTHH:mm:ss.fffZ".Length];
        if (millisecond != t_timeOf)
        {
            utc.TryFormat(text, out _, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", provider: null);
            t_timeOf = millisecond;
        }

        text.CopyTo(_span[_at..]);
        _at += text.Length;
        _span[_at++] = (byte)'"';
    }

    /// <returns>How many bytes the line took, newline and all.</returns>
    public int Finish()
    {
        _span[_at++] = (byte)'}';
        _span[_at++] = (byte)'\n';
        return _at;
    }

    private void Name(ReadOnlySpan<byte> name)
    {
        if (_at > 1)
        {
            _span[_at++] = (byte)',';
        }

        _span[_at++] = (byte)'"';
        name.CopyTo(_span[_at..]);
        _at += name.Length;
        _span[_at++] = (byte)'"';
        _span[_at++] = (byte)':';
    }

    private void Escape(ReadOnlySpan<char> value, int end)
    {
        foreach (Rune rune in value.EnumerateRunes())
        {
            if (_at + 6 > end)
            {
                return;
            }

            if (rune.Value is '"' or '\\')
            {
                _span[_at++] = (byte)'\\';
                _span[_at++] = (byte)rune.Value;
            }
            else if (rune.Value < 0x20 || rune.Value == 0x7f)
            {
                "\\u00"u8.CopyTo(_span[_at..]);
                _at += 4;
                Utf8Formatter.TryFormat((byte)rune.Value, _span[_at..], out _, new StandardFormat('x', 2));
                _at += 2;
            }
            else
            {
                _at += rune.EncodeToUtf8(_span[_at..]);
            }
        }
    }
}
