namespace NodeAgent.DataPlane.Http.Upstream;

/// <summary>What a step of decoding found.</summary>
internal enum ChunkStep
{
    /// <summary>All bytes given were taken and there is more to come.</summary>
    NeedMore,

    /// <summary>A run of body bytes.</summary>
    Data,

    /// <summary>The body is over; what follows belongs to nobody.</summary>
    End,

    Bad,
}

/// <summary>
/// Decodes chunked framing (RFC 9112, section 7.1) piece by piece, strictly: CRLF line ends only, hex sizes of at most 15 digits,
/// bounded extensions and trailers, which are dropped.
/// </summary>
internal struct ChunkedDecoder
{
    /// <summary>Bytes of extensions and trailers a body may have in all.</summary>
    private const int MaxOverhead = 16 * 1024;

    private const int MaxSizeDigits = 15;

    private Part _part;
    private int _digits;
    private int _overhead;
    private bool _lineEmpty;

    private enum Part
    {
        Size,
        Extension,
        SizeLineFeed,
        Data,
        DataCarriageReturn,
        DataLineFeed,
        Trailer,
        TrailerLineFeed,
        Done,
    }

    /// <summary>Body bytes left in the current chunk.</summary>
    public long Left { get; private set; }

    /// <summary>Takes framing from the front of <paramref name="bytes"/> until body bytes, the end, or nothing is left.</summary>
    /// <param name="taken">How many bytes to skip; after them stand the body bytes if the step is Data.</param>
    /// <param name="data">How many body bytes follow; tell of them with <see cref="Consume"/>.</param>
    public ChunkStep Next(ReadOnlySpan<byte> bytes, out int taken, out int data)
    {
        data = 0;
        for (taken = 0; taken < bytes.Length; taken++)
        {
            if (_part == Part.Data)
            {
                data = (int)Math.Min(Left, bytes.Length - taken);
                return ChunkStep.Data;
            }

            if (!Take(bytes[taken]))
            {
                return ChunkStep.Bad;
            }

            if (_part == Part.Done)
            {
                taken++;
                return ChunkStep.End;
            }
        }

        return ChunkStep.NeedMore;
    }

    public void Consume(int bytes)
    {
        Left -= bytes;
        if (Left == 0)
        {
            _part = Part.DataCarriageReturn;
        }
    }

    private bool Take(byte b)
    {
        switch (_part)
        {
            case Part.Size:
                return TakeSize(b);
            case Part.Extension:
                _part = b == '\r' ? Part.SizeLineFeed : Part.Extension;
                return b == '\r' || (b is not ((byte)'\n') and not 0 && ++_overhead <= MaxOverhead);
            case Part.SizeLineFeed:
                _part = Left == 0 ? Part.Trailer : Part.Data;
                _lineEmpty = true;
                _digits = 0;
                return b == '\n';
            case Part.DataCarriageReturn:
                _part = Part.DataLineFeed;
                return b == '\r';
            case Part.DataLineFeed:
                _part = Part.Size;
                return b == '\n';
            case Part.Trailer:
                return TakeTrailer(b);
            case Part.TrailerLineFeed:
                _part = _lineEmpty ? Part.Done : Part.Trailer;
                _lineEmpty = true;
                return b == '\n';
            default:
                return false;
        }
    }

    private bool TakeSize(byte b)
    {
        if (char.IsAsciiHexDigit((char)b))
        {
            Left = (Left << 4) | (uint)(b <= '9' ? b - '0' : (b | 0x20) - 'a' + 10);
            return ++_digits <= MaxSizeDigits;
        }

        _part = b == '\r' ? Part.SizeLineFeed : Part.Extension;
        return _digits > 0 && (b is (byte)'\r' or (byte)';' or (byte)' ' or (byte)'\t');
    }

    private bool TakeTrailer(byte b)
    {
        if (b == '\r')
        {
            _part = Part.TrailerLineFeed;
            return true;
        }

        _lineEmpty = false;
        return b is not ((byte)'\n') and not 0 && ++_overhead <= MaxOverhead;
    }
}
