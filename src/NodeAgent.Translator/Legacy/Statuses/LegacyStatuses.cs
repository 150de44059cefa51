using System.Text.Json.Nodes;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Legacy.Conversion;

namespace NodeAgent.Translator.Legacy.Statuses;

/// <summary>
/// Takes what is said of converted objects and says it of the objects they come from. Holds what was said, so that
/// only those whose part changed are told anew.
/// </summary>
internal sealed class LegacyStatuses
{
    private readonly Dictionary<(string Kind, string Key), ObjectStatus> _said = [];

    private readonly HashSet<StatusKey> _touched = [];

    public void Clear()
    {
        _said.Clear();
        _touched.Clear();
    }

    /// <summary>False when it is nothing of ours, and goes out as it is.</summary>
    public bool Take(ObjectStatus status)
    {
        if (!ConvertedNames.Is(status.Name))
        {
            return false;
        }

        _said[(status.Kind, KeyOf(status.Namespace, status.Name))] = status;
        _touched.Add(StatusKey.Of(status));
        return true;
    }

    /// <summary>The status is no longer said; false when it is nothing of ours.</summary>
    public bool Drop(StatusKey key)
    {
        if (!ConvertedNames.Is(key.Name))
        {
            return false;
        }

        _said.Remove((key.Kind, KeyOf(key.Namespace, key.Name)));
        _touched.Add(key);
        return true;
    }

    /// <summary>Entries whose status may be another than the last time: routes before the Gateways that sum them up.</summary>
    public IEnumerable<(LegacyEntry Entry, ObjectStatus? Status)> Renew(LegacyLayer layer)
    {
        LegacyEntry[] stale =
        [
            .. layer.TakeChanged().Concat(_touched.Select(layer.OriginOf).OfType<LegacyEntry>()).Distinct(),
        ];
        _touched.Clear();
        var gateways = stale.Where(e => e.Source is LegacyGateway).ToHashSet();
        foreach (LegacyEntry entry in stale.Where(e => e.Source is LegacyRoute))
        {
            (string Gateway, int Listener)[] before = [.. entry.Degrades];
            yield return (entry, Of(entry, layer));
            gateways.UnionWith(before.Except(entry.Degrades).Concat(entry.Degrades.Except(before))
                .Select(d => layer.Gateway(d.Gateway)).OfType<LegacyEntry>());
        }

        foreach (LegacyEntry entry in gateways.Concat(stale.Where(e => e.Source is LegacyGatewayClass)))
        {
            yield return (entry, Of(entry, layer));
        }
    }

    private ObjectStatus? Of(LegacyEntry entry, LegacyLayer layer)
    {
        LegacyObject source = entry.Source;
        JsonObject? json = layer.Has(entry) ? Json(entry, layer) : null;
        if (json is null)
        {
            entry.Degrades = [];
            return null;
        }

        return new ObjectStatus(LegacyObject.Version, source, json);
    }

    private JsonObject? Json(LegacyEntry entry, LegacyLayer layer)
    {
        switch (entry.Source)
        {
            case LegacyRoute route when !entry.Conversion.Bindings.IsEmpty:
                RouteStatus status = RouteStatus.Of(route, entry.Conversion, SaidOf);
                entry.Degrades = status.Degrades;
                return status.Json;
            case LegacyGateway gateway when Main(entry) is JsonObject said:
                return GatewayStatus.Of(gateway, said, Degraded(gateway.Meta.Key, layer));
            case LegacyGatewayClass gatewayClass when Main(entry) is JsonObject said:
                return GatewayStatus.OfClass(gatewayClass, said);
            default:
                return null;
        }
    }

    private static HashSet<int> Degraded(string gateway, LegacyLayer layer) =>
        [.. layer.RoutesOf(gateway).SelectMany(r => r.Degrades).Where(d => d.Gateway == gateway).Select(d => d.Listener)];

    /// <summary>Of the object that an entry is first of all converted to.</summary>
    private JsonObject? Main(LegacyEntry entry) => entry.Conversion.Objects.IsEmpty ? null : SaidOf(entry.Conversion.Objects[0]);

    private JsonObject? SaidOf(ApiObject converted) => _said.GetValueOrDefault((converted.Kind, converted.Meta.Key))?.Status;

    private static string KeyOf(string ns, string name) => ns.Length == 0 ? name : $"{ns}/{name}";
}
