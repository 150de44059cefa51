namespace NodeAgent.DataPlane.Linux;

/// <summary>Builds one netlink request (struct nlmsghdr, a fixed part, attributes) in a caller's buffer.</summary>
internal ref struct NetlinkWriter
{
    private readonly Span<byte> _buffer;
    private int _length;

    /// <param name="buffer">Large enough for the whole message; a message of ours needs less than 128 bytes.</param>
    public NetlinkWriter(Span<byte> buffer, ushort type, ushort flags)
    {
        _buffer = buffer;
        Span<byte> header = Reserve(NetlinkMessage.HeaderSize);
        BitConverter.TryWriteBytes(header[4..], type);
        BitConverter.TryWriteBytes(header[6..], flags);
    }

    /// <returns>The next <paramref name="length"/> bytes, zeroed; what follows starts at a multiple of four.</returns>
    public Span<byte> Reserve(int length)
    {
        Span<byte> part = _buffer.Slice(_length, NetlinkMessage.Align(length));
        part.Clear();
        _length += part.Length;
        return part[..length];
    }

    public void Attribute(ushort type, scoped ReadOnlySpan<byte> value)
    {
        int length = NetlinkMessage.AttributeHeaderSize + value.Length;
        Span<byte> attribute = Reserve(length);
        BitConverter.TryWriteBytes(attribute, (ushort)length);
        BitConverter.TryWriteBytes(attribute[2..], type);
        value.CopyTo(attribute[NetlinkMessage.AttributeHeaderSize..]);
    }

    public void Attribute(ushort type, uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BitConverter.TryWriteBytes(bytes, value);
        Attribute(type, bytes);
    }

    /// <returns>The whole message; nothing may be added after it.</returns>
    public readonly Span<byte> End()
    {
        BitConverter.TryWriteBytes(_buffer, (uint)_length);
        return _buffer[.._length];
    }
}
