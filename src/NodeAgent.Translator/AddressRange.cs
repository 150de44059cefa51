using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace NodeAgent.Translator;

/// <summary>Addresses of one family in a row.</summary>
internal sealed class AddressRange
{
    private readonly bool _v6;

    private readonly UInt128 _first;

    private readonly UInt128 _last;

    private AddressRange(bool v6, UInt128 first, UInt128 last)
    {
        _v6 = v6;
        _first = first;
        _last = last;
    }

    public AddressFamily Family => _v6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;

    /// <summary>The addresses of a CIDR that Gateways may be given. False when <paramref name="cidr"/> is none.</summary>
    public static bool TryParse(string cidr, [NotNullWhen(true)] out AddressRange? range)
    {
        range = IPNetwork.TryParse(cidr, out IPNetwork network) ? Whole(network).WithoutEdges(network.PrefixLength) : null;
        return range is not null;
    }

    /// <summary>
    /// One entry of an AddressPool: a CIDR without its edges, or FIRST-LAST with both of them. False for what is
    /// neither, what is upside down and what is written loosely (octal parts, zones).
    /// </summary>
    public static bool TryParseEntry(string text, [NotNullWhen(true)] out AddressRange? range)
    {
        range = null;
        if (text.IndexOf('-', StringComparison.Ordinal) is int dash and >= 0)
        {
            return TryParseEnds(text[..dash], text[(dash + 1)..], out range);
        }

        int slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash >= 0 && IpText.TryParse(text[..slash], out _) && TryParse(text, out range);
    }

    /// <summary>One entry of an AddressPool's avoid list: also a single address, and a CIDR means all of it.</summary>
    public static bool TryParseAvoided(string text, [NotNullWhen(true)] out AddressRange? range)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0)
        {
            bool known = IpText.TryParse(text[..slash], out _) & IPNetwork.TryParse(text, out IPNetwork network);
            range = known ? Whole(network) : null;
            return known;
        }

        int dash = text.IndexOf('-', StringComparison.Ordinal);
        return dash >= 0
            ? TryParseEnds(text[..dash], text[(dash + 1)..], out range)
            : TryParseEnds(text, text, out range);
    }

    private static AddressRange Whole(IPNetwork network)
    {
        bool v6 = network.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6;
        int hostBits = (v6 ? 128 : 32) - network.PrefixLength;
        UInt128 first = ToNumber(network.BaseAddress);
        return new AddressRange(v6, first, hostBits == 128 ? UInt128.MaxValue : first + ((UInt128.One << hostBits) - 1));
    }

    /// <summary>Without the network address; in IPv6 that is the routers' anycast address (RFC 4291, 2.6.1).</summary>
    private AddressRange WithoutEdges(int prefixLength)
    {
        if ((_v6 ? 128 : 32) - prefixLength <= 1)
        {
            return this;
        }

        return new AddressRange(_v6, _first + 1, _v6 ? _last : _last - 1);
    }

    private static bool TryParseEnds(string first, string last, [NotNullWhen(true)] out AddressRange? range)
    {
        range = null;
        if (IpText.TryParse(first, out IPAddress? from)
            && IpText.TryParse(last, out IPAddress? to)
            && from.AddressFamily == to.AddressFamily
            && ToNumber(from) <= ToNumber(to))
        {
            range = new AddressRange(from.AddressFamily == AddressFamily.InterNetworkV6, ToNumber(from), ToNumber(to));
        }

        return range is not null;
    }

    /// <summary>What is left of it without <paramref name="other"/>: none, one or two ranges.</summary>
    public IEnumerable<AddressRange> Except(AddressRange other)
    {
        if (other._v6 != _v6 || other._last < _first || other._first > _last)
        {
            yield return this;
            yield break;
        }

        if (other._first > _first)
        {
            yield return new AddressRange(_v6, _first, other._first - 1);
        }

        if (other._last < _last)
        {
            yield return new AddressRange(_v6, other._last + 1, _last);
        }
    }

    /// <summary>Null where they have nothing in common.</summary>
    public AddressRange? Intersect(AddressRange other)
    {
        UInt128 first = UInt128.Max(_first, other._first);
        UInt128 last = UInt128.Min(_last, other._last);
        return other._v6 == _v6 && first <= last ? new AddressRange(_v6, first, last) : null;
    }

    public bool Contains(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetworkV6 != _v6)
        {
            return false;
        }

        UInt128 number = ToNumber(address);
        return number >= _first && number <= _last;
    }

    /// <summary>
    /// The first free address from where <paramref name="owner"/> hashes to, so that most Gateways keep theirs
    /// even when what was remembered is lost. Null when all are taken.
    /// </summary>
    public string? Take(string owner, IReadOnlySet<string> taken)
    {
        UInt128 offset = Hash(owner);
        UInt128 below = _last - _first;
        if (below != UInt128.MaxValue)
        {
            offset %= below + 1;
        }

        UInt128 start = _first + offset;
        UInt128 candidate = start;
        do
        {
            string address = ToText(candidate);
            if (!taken.Contains(address))
            {
                return address;
            }

            candidate = candidate == _last ? _first : candidate + 1;
        }
        while (candidate != start);

        return null;
    }

    /// <summary>FNV-1a, 64 bits: the same in every process and release.</summary>
    private static ulong Hash(string text)
    {
        ulong hash = 14695981039346656037;
        foreach (byte b in Encoding.UTF8.GetBytes(text))
        {
            hash = (hash ^ b) * 1099511628211;
        }

        return hash;
    }

    private static UInt128 ToNumber(IPAddress address)
    {
        UInt128 number = 0;
        foreach (byte b in address.GetAddressBytes())
        {
            number = (number << 8) | b;
        }

        return number;
    }

    private string ToText(UInt128 number)
    {
        byte[] bytes = new byte[_v6 ? 16 : 4];
        for (int i = bytes.Length - 1; i >= 0; i--, number >>= 8)
        {
            bytes[i] = (byte)(number & 0xFF);
        }

        return new IPAddress(bytes).ToString();
    }
}
