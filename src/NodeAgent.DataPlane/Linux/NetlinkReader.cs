namespace NodeAgent.DataPlane.Linux;

/// <summary>One netlink message, in the bytes it was received in.</summary>
internal readonly ref struct NetlinkMessage(ushort type, ushort flags, uint sequence, ReadOnlySpan<byte> body)
{
    public const int HeaderSize = 16;
    public const int AttributeHeaderSize = 4;

    /// <summary>An acknowledgement (errno 0) or a failure.</summary>
    public const ushort ErrorType = 2;

    /// <summary>The end of a dump.</summary>
    public const ushort DoneType = 3;

    /// <summary>NLM_F_DUMP_INTR: the table changed while it was dumped, so the dump may have holes.</summary>
    public const ushort DumpInterrupted = 0x10;

    public ushort Type => type;

    public ushort Flags => flags;

    public uint Sequence => sequence;

    public ReadOnlySpan<byte> Body { get; } = body;

    /// <summary>Of <see cref="ErrorType"/> and <see cref="DoneType"/>: positive on failure, else 0.</summary>
    public int Errno => Body.Length >= sizeof(int) ? -BitConverter.ToInt32(Body) : 0;

    /// <summary>Everything in netlink starts at a multiple of four.</summary>
    public static int Align(int length) => (length + 3) & ~3;
}

/// <summary>Walks the messages of one datagram. What is cut off or says a wrong length ends the walk; it never throws.</summary>
internal ref struct NetlinkReader(ReadOnlySpan<byte> datagram)
{
    private ReadOnlySpan<byte> _rest = datagram;

    public bool TryRead(out NetlinkMessage message)
    {
        message = default;
        if (_rest.Length < NetlinkMessage.HeaderSize)
        {
            return false;
        }

        uint length = BitConverter.ToUInt32(_rest);
        if (length < NetlinkMessage.HeaderSize || length > _rest.Length)
        {
            _rest = default;
            return false;
        }

        message = new NetlinkMessage(
            BitConverter.ToUInt16(_rest[4..]),
            BitConverter.ToUInt16(_rest[6..]),
            BitConverter.ToUInt32(_rest[8..]),
            _rest[NetlinkMessage.HeaderSize..(int)length]);
        _rest = _rest[Math.Min(NetlinkMessage.Align((int)length), _rest.Length)..];
        return true;
    }
}

/// <summary>Walks the attributes of one message; it never throws.</summary>
internal ref struct NetlinkAttributes(ReadOnlySpan<byte> attributes)
{
    /// <summary>The two upper bits of a type are flags (nested, byte order).</summary>
    private const ushort TypeMask = 0x3FFF;

    private ReadOnlySpan<byte> _rest = attributes;

    /// <summary>The walk ended because an attribute is cut off or says a wrong length.</summary>
    public bool Malformed { get; private set; }

    public bool TryRead(out ushort type, out ReadOnlySpan<byte> value)
    {
        type = 0;
        value = default;
        if (_rest.IsEmpty || Malformed)
        {
            return false;
        }

        int length = _rest.Length < NetlinkMessage.AttributeHeaderSize ? 0 : BitConverter.ToUInt16(_rest);
        if (length < NetlinkMessage.AttributeHeaderSize || length > _rest.Length)
        {
            Malformed = true;
            return false;
        }

        type = (ushort)(BitConverter.ToUInt16(_rest[2..]) & TypeMask);
        value = _rest[NetlinkMessage.AttributeHeaderSize..length];
        _rest = _rest[Math.Min(NetlinkMessage.Align(length), _rest.Length)..];
        return true;
    }
}
