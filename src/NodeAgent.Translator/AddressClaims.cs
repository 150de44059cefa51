namespace NodeAgent.Translator;

internal readonly record struct ClaimedPort(int Number, bool Udp)
{
    public override string ToString() => Udp ? $"{Number}/udp" : $"{Number}";
}

/// <summary>Who has which address while addresses are being assigned; the first to come has it.</summary>
internal sealed class AddressClaims
{
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    /// <summary>Pool addresses and their only Gateway.</summary>
    private readonly Dictionary<string, string> _held = new(StringComparer.Ordinal);

    /// <summary>Addresses of spec.addresses: which Gateway has which port of it.</summary>
    private readonly Dictionary<(string Address, ClaimedPort Port), string> _ports = [];

    public IReadOnlySet<string> Taken => _taken;

    /// <summary>False when another Gateway has it.</summary>
    public bool TryHold(string address, string gateway) => _taken.Add(address) && _held.TryAdd(address, gateway);

    /// <summary>Null when the Gateway may serve all its ports there, else who stands in the way.</summary>
    public string? TryShare(string address, AddressRequest request)
    {
        if (_held.TryGetValue(address, out string? holder))
        {
            return $"Gateway {holder} was given it from a pool";
        }

        foreach (ClaimedPort port in request.Ports)
        {
            if (_ports.TryGetValue((address, port), out string? other) && other != request.Gateway)
            {
                return $"Gateway {other} serves port {port} there";
            }
        }

        _taken.Add(address);
        foreach (ClaimedPort port in request.Ports)
        {
            _ports[(address, port)] = request.Gateway;
        }

        return null;
    }
}
