namespace NodeAgent.Controller.Cluster;

/// <summary>One object that something refers to. Guarded by the lock of its kind, but for what says otherwise.</summary>
/// <param name="since">When it was wanted first, as a timestamp.</param>
internal sealed class WantedName(string ns, string name, long since)
{
    private volatile bool _dropped;
    private object? _teller;
    private ulong _version;
    private CancellationTokenSource? _stop;

    public string Namespace => ns;

    public string Name => name;

    public long Since => since;

    /// <summary>It is known what it is or that there is none; or it has been waited for long enough.</summary>
    public bool Answered { get; set; }

    /// <summary>It was answered before the store was read last, so that what was read knows the answer.</summary>
    public bool Known { get; set; }

    /// <summary>The watch of its kind tells of it, from its list on.</summary>
    public bool OfType { get; set; }

    /// <summary>It has been asked for by name.</summary>
    public bool Asked { get; set; }

    /// <summary>Null where it has no watch of its own.</summary>
    public WantedWatch? Own { get; private set; }

    /// <summary>Nobody refers to it any more. For any thread.</summary>
    public bool Dropped => _dropped;

    /// <summary>Notes who tells of it, unless somebody else has told something newer.</summary>
    /// <param name="version">Its resourceVersion, which counts up in the whole cluster; 0 for whatever is told now.</param>
    /// <returns>Whether what is told counts.</returns>
    public bool Takes(object teller, ulong version)
    {
        if (version != 0 && version < _version && teller != _teller)
        {
            return false;
        }

        (_teller, _version) = (teller, version);
        return true;
    }

    public void Watch(WantedWatch own, CancellationTokenSource stop) => (Own, _stop) = (own, stop);

    public void Unwatch()
    {
        Own?.End();
        _stop?.Cancel();
        _stop?.Dispose();
        (Own, _stop) = (null, null);
    }

    public void Drop()
    {
        _dropped = true;
        Unwatch();
    }

    public override string ToString() => ns.Length == 0 ? name : $"{ns}/{name}";
}
