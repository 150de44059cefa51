using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Api;
using NodeAgent.TestCluster.Json;
using NodeAgent.TestCluster.Storage;

namespace NodeAgent.TestCluster.Writing;

/// <summary>Options of a delete, from its body or its query.</summary>
/// <param name="Propagation">Background, Foreground or Orphan.</param>
internal sealed record DeleteOptions(string Propagation = "Background", string? Uid = null, string? ResourceVersion = null, bool DryRun = false);

/// <summary>Deletes objects: at once, or by marking them until their finalizers are gone.</summary>
internal sealed class ObjectDeletion(ObjectStore store, AdmissionRules admission, TimeProvider clock)
{
    /// <returns>The object, marked or at its end, and whether it is gone.</returns>
    public (StoredObject Object, bool Gone) Delete(ServedKind kind, string ns, string name, DeleteOptions options) => store.Together(() =>
    {
        ResourceId home = Conversion.Home(kind);
        var key = new ObjectKey(ns, name);
        StoredObject present = store.Find(home, key) ?? throw Refusals.NotFound(kind, name);
        if (options.Uid is { } uid && uid != present.Uid)
        {
            throw Refusals.OtherUid(kind, name, uid, present.Uid);
        }

        string version = present.Body.Metadata().Text("resourceVersion") ?? "";
        if (options.ResourceVersion is { } wanted && wanted != version)
        {
            throw Refusals.Conflict(kind, name, $"Precondition failed: ResourceVersion in precondition: {wanted}, ResourceVersion in object meta: {version}");
        }

        admission.Delete(kind, name);
        string? finalizer = options.Propagation switch
        {
            "Foreground" => "foregroundDeletion",
            "Orphan" => "orphan",
            _ => null,
        };
        JsonArray had = present.Body.Metadata().List("finalizers") ?? [];
        bool held = had.Count > 0 || finalizer is not null || admission.KeepsDeleted(kind, present.Body);
        if (options.DryRun)
        {
            return (present.As(kind), !held);
        }

        if (!held)
        {
            return (store.Remove(home, key)!.As(kind), true);
        }

        if (present.Body.Metadata().Text("deletionTimestamp") is not null)
        {
            return (present.As(kind), false);
        }

        JsonObject marked = present.Body.Copy();
        JsonObject meta = marked.Metadata();
        meta["deletionTimestamp"] = SystemFields.Time(clock.GetUtcNow());
        meta["deletionGracePeriodSeconds"] = JsonText.Number(0);
        if (meta.Integer("generation") is { } generation)
        {
            meta["generation"] = JsonText.Number(generation + 1);
        }

        if (finalizer is not null && !had.Any(f => f.AsText() == finalizer))
        {
            if (meta["finalizers"] is not JsonArray list)
            {
                meta["finalizers"] = list = [];
            }

            list.Add(finalizer);
        }

        admission.Marked(kind, marked);
        return (store.Put(home, marked).As(kind), false);
    });
}
