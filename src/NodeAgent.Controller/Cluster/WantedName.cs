namespace NodeAgent.Controller.Cluster;

/// <summary>One object that something refers to. Guarded by the lock of its kind, but for what says otherwise.</summary>
/// <param name="since">When it was wanted first, as a timestamp.</param>
internal sealed class WantedName(string ns, string name, long since)
{
    private volatile bool _dropped;
    private volatile bool _heard;

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
    public KindMirror? Mirror { get; private set; }

    private CancellationTokenSource? _watch;

    /// <summary>Nobody refers to it any more. For any thread.</summary>
    public bool Dropped => _dropped;

    /// <summary>The watch of its kind has told of it, and rules from then on. For any thread.</summary>
    public bool Heard
    {
        get => _heard;
        set => _heard = value;
    }

    public void Watch(KindMirror mirror, CancellationTokenSource watch) => (Mirror, _watch) = (mirror, watch);

    public void Unwatch()
    {
        _watch?.Cancel();
        _watch?.Dispose();
        (Mirror, _watch) = (null, null);
    }

    public void Drop()
    {
        _dropped = true;
        Unwatch();
    }

    public override string ToString() => ns.Length == 0 ? name : $"{ns}/{name}";
}
