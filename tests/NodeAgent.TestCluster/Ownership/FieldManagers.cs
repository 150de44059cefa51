using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Json;

namespace NodeAgent.TestCluster.Ownership;

/// <param name="Operation">Apply or Update.</param>
/// <param name="Subresource">Empty or <c>status</c>.</param>
internal sealed record ManagerId(string Manager, string Operation, string ApiVersion, string Subresource)
{
    /// <summary>As in messages about conflicts.</summary>
    public override string ToString()
    {
        string with = Subresource.Length > 0 ? $" with subresource \"{Subresource}\"" : "";
        return Operation == "Update" ? $"\"{Manager}\"{with} using {ApiVersion}" : $"\"{Manager}\"{with}";
    }
}

/// <summary>All managers of an object and their fields (metadata.managedFields).</summary>
internal sealed class FieldManagers
{
    private readonly Dictionary<ManagerId, (FieldSet Fields, string Time)> managers = [];

    public static FieldManagers Of(JsonObject? item)
    {
        var made = new FieldManagers();
        foreach (JsonNode? entry in item?.Metadata().List("managedFields") ?? [])
        {
            var id = new ManagerId(entry.Text("manager") ?? "", entry.Text("operation") ?? "", entry.Text("apiVersion") ?? "", entry.Text("subresource") ?? "");
            made.managers[id] = (FieldSet.FromFieldsV1(entry.Object("fieldsV1") ?? []), entry.Text("time") ?? "");
        }

        return made;
    }

    public IEnumerable<ManagerId> Ids => managers.Keys;

    public FieldSet Fields(ManagerId id) => managers.TryGetValue(id, out (FieldSet Fields, string Time) found) ? found.Fields : new FieldSet();

    /// <summary>All fields that someone other than this manager owns.</summary>
    public FieldSet OwnedByOthers(ManagerId id)
    {
        var made = new FieldSet();
        foreach ((ManagerId other, (FieldSet fields, _)) in managers)
        {
            if (other != id)
            {
                made.Add(fields);
            }
        }

        return made;
    }

    /// <summary>Who applies in another version than before is the same manager: its fields go on under the new version.</summary>
    public void Continue(ManagerId applier)
    {
        foreach (ManagerId other in managers.Keys.Where(m => m != applier && m with { ApiVersion = applier.ApiVersion } == applier).ToArray())
        {
            managers.Remove(other, out (FieldSet Fields, string Time) had);
            managers[applier] = (Fields(applier).Without(new FieldSet()).Add(had.Fields), had.Time);
        }
    }

    public void Set(ManagerId id, FieldSet fields, string time)
    {
        if (fields.IsEmpty)
        {
            managers.Remove(id);
        }
        else if (!managers.TryGetValue(id, out (FieldSet Fields, string Time) had) || !had.Fields.SameAs(fields))
        {
            managers[id] = (fields, time);
        }
    }

    /// <summary>A manager wrote fields: they are its own now, and what was removed is nobody's.</summary>
    public void Wrote(ManagerId id, FieldSet written, FieldSet removed, string time)
    {
        foreach ((ManagerId other, (FieldSet fields, string then)) in managers.ToArray())
        {
            FieldSet left = other == id ? fields.Without(removed) : fields.Without(removed).Without(written);
            if (left.IsEmpty)
            {
                managers.Remove(other);
            }
            else
            {
                managers[other] = (left, then);
            }
        }

        if (!written.IsEmpty)
        {
            managers[id] = (Fields(id).Without(new FieldSet()).Add(written), time);
        }
    }

    public JsonArray ToJson() =>
    [
        .. managers.OrderBy(m => m.Key.Operation, StringComparer.Ordinal).ThenBy(m => m.Value.Time, StringComparer.Ordinal).ThenBy(m => m.Key.Manager, StringComparer.Ordinal)
            .Select(m => Entry(m.Key, m.Value.Fields, m.Value.Time)),
    ];

    private static JsonObject Entry(ManagerId id, FieldSet fields, string time)
    {
        var entry = new JsonObject
        {
            ["manager"] = id.Manager,
            ["operation"] = id.Operation,
            ["apiVersion"] = id.ApiVersion,
            ["time"] = time,
            ["fieldsType"] = "FieldsV1",
            ["fieldsV1"] = fields.ToFieldsV1(),
        };
        if (id.Subresource.Length > 0)
        {
            entry["subresource"] = id.Subresource;
        }

        return entry;
    }
}
