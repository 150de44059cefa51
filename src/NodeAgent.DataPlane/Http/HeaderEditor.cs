using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Http;

/// <summary>
/// The edits of one header modifier, made ready once and applied to every message. Of equal names in one list the first
/// counts (facts: 5.9). Edits that would break the message are left out: names and values that cannot be written, and
/// headers that frame the message or belong to its connection. Host can be set, not added to or removed.
/// </summary>
internal sealed class HeaderEditor
{
    private readonly KeyValuePair<string, StringValues>[] _set;
    private readonly KeyValuePair<string, StringValues>[] _add;
    private readonly string[] _remove;

    public HeaderEditor(HeaderEdits edits)
    {
        _set = Usable(edits.Set, mayBeHost: true);
        _add = Usable(edits.Add, mayBeHost: false);
        _remove =
        [
            .. edits.Remove.Where(n => IsEditable(n) && !IsHost(n)).Distinct(StringComparer.OrdinalIgnoreCase),
        ];
    }

    public void Apply(IHeaderDictionary headers)
    {
        foreach ((string name, StringValues value) in _set)
        {
            headers[name] = value;
        }

        foreach ((string name, StringValues value) in _add)
        {
            headers[name] = StringValues.Concat(headers[name], value);
        }

        foreach (string name in _remove)
        {
            headers.Remove(name);
        }
    }

    private static KeyValuePair<string, StringValues>[] Usable(ImmutableArray<HeaderValue> edits, bool mayBeHost) =>
    [
        .. edits.DistinctBy(e => e.Name, StringComparer.OrdinalIgnoreCase)
            .Where(e => IsEditable(e.Name) && HeaderText.IsValue(e.Value) && (mayBeHost || !IsHost(e.Name)))
            .Select(e => KeyValuePair.Create(e.Name, new StringValues(e.Value))),
    ];

    private static bool IsEditable(string name) =>
        HeaderText.IsToken(name)
        && !HopByHop.IsDropped(name)
        && !string.Equals(name, "Content-Length", StringComparison.OrdinalIgnoreCase);

    private static bool IsHost(string name) => string.Equals(name, "Host", StringComparison.OrdinalIgnoreCase);
}
