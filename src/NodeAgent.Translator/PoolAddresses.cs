using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace NodeAgent.Translator;

/// <summary>The pool addresses of one Gateway: one of each family that its pools have. In canonical text.</summary>
public sealed record PoolAddresses(string? V4, string? V6)
{
    public static PoolAddresses None { get; } = new(null, null);

    public ImmutableArray<string> All => [.. new[] { V4, V6 }.OfType<string>()];

    /// <summary>Of several of one family the first counts; texts that are no addresses do not.</summary>
    public static PoolAddresses Of(params IEnumerable<string> addresses)
    {
        PoolAddresses result = None;
        foreach (string text in addresses)
        {
            if (IpText.TryParse(text, out IPAddress? address) && result.In(address.AddressFamily) is null)
            {
                result = result.With(address);
            }
        }

        return result;
    }

    public string? In(AddressFamily family) => family == AddressFamily.InterNetworkV6 ? V6 : V4;

    public PoolAddresses With(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6
        ? this with { V6 = address.ToString() }
        : this with { V4 = address.ToString() };
}
