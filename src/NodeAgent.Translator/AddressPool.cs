using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace NodeAgent.Translator;

/// <summary>The addresses of one CIDR that Gateways may be given.</summary>
internal sealed class AddressPool
{
    private readonly bool _v6;

    private readonly UInt128 _first;

    private readonly UInt128 _last;

    private AddressPool(IPNetwork network)
    {
        _v6 = network.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6;
        int width = _v6 ? 128 : 32;
        int hostBits = width - network.PrefixLength;
        _first = ToNumber(network.BaseAddress);
        _last = hostBits == 128 ? UInt128.MaxValue : _first + ((UInt128.One << hostBits) - 1);
        if (hostBits > 1)
        {
            // The network address; in IPv6 it is the routers' anycast address (RFC 4291, 2.6.1).
            _first++;
            if (!_v6)
            {
                _last--;
            }
        }
    }

    /// <summary>False when <paramref name="cidr"/> is none.</summary>
    public static bool TryParse(string cidr, [NotNullWhen(true)] out AddressPool? pool)
    {
        pool = IPNetwork.TryParse(cidr, out IPNetwork network) ? new AddressPool(network) : null;
        return pool is not null;
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
