namespace NodeAgent.DataPlane.Http;

/// <summary>
/// Goes through the names of one scope that take a host, most specific first: the name itself, wildcards from the
/// longest suffix to the shortest (at least one label stands for the star, or exactly one where the scope says so), then
/// the name that takes all.
/// </summary>
internal ref struct HostNames
{
    private const int MostDotsTracked = 63;
    private const int NotStarted = -1;

    private readonly HostTable _hosts;
    private readonly HostScope _scope;
    private readonly int _number;
    private readonly ReadOnlySpan<char> _host;

    /// <summary>The position of the dot that was tried last; past the end when the catch-all was given.</summary>
    private int _position;
    private int _dots;

    public HostNames(HostTable hosts, int scope, ReadOnlySpan<char> host)
    {
        _hosts = hosts;
        _scope = hosts.Scopes[scope];
        _number = scope;
        _host = host;
        _position = NotStarted;
    }

    /// <param name="node">Index into <see cref="HostTable.Nodes"/>.</param>
    public bool MoveNext(out int node)
    {
        if (_position == NotStarted)
        {
            _position = 0;
            if (_scope.HasExact)
            {
                node = _hosts.Index.Find(HostTable.ExactNameScope(_number), _host);
                if (node >= 0)
                {
                    return true;
                }
            }
        }

        if (_scope.WildcardDots != 0 && _position < _host.Length && TryNextWildcard(out node))
        {
            return true;
        }

        node = _position <= _host.Length ? _scope.CatchAll : -1;
        _position = _host.Length + 1;
        return node >= 0;
    }

    private bool TryNextWildcard(out int node)
    {
        if (_position == 0)
        {
            // A dot in the first place has no label before it, so it cannot start a suffix.
            _dots = _host.Count('.') + 1 - (_host.StartsWith('.') ? 1 : 0);
        }

        while (true)
        {
            // Where the star is one label only the first dot can end it, and there is none before a dot in the first place.
            bool over = _scope.OneLabel && (_position > 0 || _host.StartsWith('.'));
            int next = over ? -1 : _host[(_position + 1)..].IndexOf('.');
            if (next < 0)
            {
                _position = _host.Length;
                node = -1;
                return false;
            }

            _position += 1 + next;
            _dots--;
            if ((_scope.WildcardDots >> Math.Min(_dots, MostDotsTracked) & 1) != 0)
            {
                node = _hosts.Index.Find(HostTable.WildcardScope(_number), _host[_position..]);
                if (node >= 0)
                {
                    return true;
                }
            }
        }
    }
}
