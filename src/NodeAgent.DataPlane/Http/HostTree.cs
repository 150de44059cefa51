namespace NodeAgent.DataPlane.Http;

/// <summary>The hostnames of a table while it is being built.</summary>
internal sealed class HostTree
{
    private readonly TextIndex _index;
    private readonly List<HostNode> _nodes;
    private readonly HostScope[] _scopes;

    /// <param name="names">How many there will be at most.</param>
    public HostTree(int scopes, int names)
    {
        _index = new TextIndex(ignoreCase: true, names);
        _nodes = new List<HostNode>(names);
        _scopes = new HostScope[scopes];
        Array.Fill(_scopes, new HostScope(WildcardDots: 0, HasExact: false, CatchAll: -1));
    }

    /// <summary>From now on wildcards of that scope stand for one label alone.</summary>
    public void TakeOneLabel(int scope) => _scopes[scope] = _scopes[scope] with { OneLabel = true };

    /// <param name="name">Exact, <c>*.suffix</c>, or null for every host.</param>
    public void Add(int scope, string? name, HostNode node)
    {
        ref HostScope known = ref _scopes[scope];
        int number;
        if (name is null)
        {
            // No request has a host with a slash, so this takes a number and is found by nobody.
            number = _index.Add(HostTable.ExactNameScope(scope), "/");
            known = known with { CatchAll = number };
        }
        else if (name.StartsWith("*.", StringComparison.Ordinal))
        {
            string suffix = name[1..];
            number = _index.Add(HostTable.WildcardScope(scope), suffix);
            known = known with { WildcardDots = known.WildcardDots | (1UL << Math.Min(suffix.Count(c => c == '.'), 63)) };
        }
        else
        {
            number = _index.Add(HostTable.ExactNameScope(scope), name);
            known = known with { HasExact = true };
        }

        if (number == _nodes.Count)
        {
            _nodes.Add(node);
        }
    }

    public HostTable Build() => new(_index, [.. _nodes], _scopes);
}
