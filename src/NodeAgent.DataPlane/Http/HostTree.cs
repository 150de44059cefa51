using System.Runtime.InteropServices;

namespace NodeAgent.DataPlane.Http;

/// <summary>The hostnames of a table while it is being built.</summary>
internal sealed class HostTree
{
    public HostTree(int scopes)
    {
        Scopes = new HostScope[scopes];
        Array.Fill(Scopes, new HostScope(WildcardDots: 0, HasExact: false, CatchAll: -1));
    }

    public TextIndex Index { get; } = new(ignoreCase: true);

    /// <summary>The names that <see cref="Index"/> numbers take the places of their numbers.</summary>
    public List<HostNode> Nodes { get; } = [];

    public HostScope[] Scopes { get; }

    /// <summary>From now on wildcards of that scope stand for one label alone.</summary>
    public void TakeOneLabel(int scope) => Scopes[scope] = Scopes[scope] with { OneLabel = true };

    /// <param name="name">Exact, <c>*.suffix</c>, or null for every host.</param>
    /// <returns>The node of that name in that scope, be it new or not.</returns>
    public int Add(int scope, string? name, int listener)
    {
        ref HostScope known = ref Scopes[scope];
        int number;
        if (name is null)
        {
            // No request has a host with a slash, so this takes a number and is found by nobody.
            number = Index.Add(RouteTableParts.ExactNameScope(scope), "/");
            known = known with { CatchAll = number };
        }
        else if (name.StartsWith("*.", StringComparison.Ordinal))
        {
            string suffix = name[1..];
            number = Index.Add(RouteTableParts.WildcardScope(scope), suffix);
            known = known with { WildcardDots = known.WildcardDots | (1UL << Math.Min(suffix.Count(c => c == '.'), 63)) };
        }
        else
        {
            number = Index.Add(RouteTableParts.ExactNameScope(scope), name);
            known = known with { HasExact = true };
        }

        if (number == Nodes.Count)
        {
            Nodes.Add(new HostNode(listener, HasExact: false, PrefixDepths: 0, LongestPrefix: 0, 0, 0));
        }

        return number;
    }

    public void NotePath(int host, bool exact, string path)
    {
        ref HostNode node = ref CollectionsMarshal.AsSpan(Nodes)[host];
        if (exact)
        {
            node = node with { HasExact = true };
            return;
        }

        int depth = path.Length == 1 ? 0 : path.AsSpan().Count('/');
        node = node with
        {
            PrefixDepths = node.PrefixDepths | (1UL << Math.Min(depth, 63)),
            LongestPrefix = Math.Max(node.LongestPrefix, path.Length),
        };
    }
}
