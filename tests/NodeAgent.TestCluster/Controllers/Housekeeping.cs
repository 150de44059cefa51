using System.Text.Json.Nodes;
using System.Threading.Channels;
using NodeAgent.TestCluster.Json;
using NodeAgent.TestCluster.Storage;
using NodeAgent.TestCluster.Writing;

namespace NodeAgent.TestCluster.Controllers;

/// <summary>
/// What a cluster's controllers do behind the server: empty namespaces and definitions that are being deleted, and delete objects whose owners are gone.
/// One task, fed with all changes in their order.
/// </summary>
internal sealed class Housekeeping : IAsyncDisposable
{
    private readonly ObjectStore store;

    private readonly KindRegistry kinds;

    private readonly ObjectDeletion deletion;

    private readonly Channel<StoreEvent> changes = Channel.CreateUnbounded<StoreEvent>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>Objects by uid.</summary>
    private readonly Dictionary<string, (ResourceId Resource, ObjectKey Key)> alive = [];

    /// <summary>Uids of dependents, by their owner's.</summary>
    private readonly Dictionary<string, HashSet<string>> dependents = [];

    private readonly Task work;

    public Housekeeping(ObjectStore store, KindRegistry kinds, ObjectDeletion deletion)
    {
        (this.store, this.kinds, this.deletion) = (store, kinds, deletion);
        work = Task.Run(RunAsync);
    }

    public void Offer(StoreEvent change) => changes.Writer.TryWrite(change);

    public async ValueTask DisposeAsync()
    {
        changes.Writer.TryComplete();
        await work.ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        await foreach (StoreEvent change in changes.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            Follow(change);
        }
    }

    private void Follow(StoreEvent change)
    {
        StoredObject item = change.Now!;
        JsonObject meta = item.Body.Metadata();
        string[] owners = Owners(item.Body);
        if (change.Kind == ChangeKind.Deleted)
        {
            alive.Remove(item.Uid);
            foreach (string owner in owners)
            {
                dependents.GetValueOrDefault(owner)?.Remove(item.Uid);
            }

            OwnerGone(item.Uid);
            foreach (string owner in owners.Where(o => alive.ContainsKey(o)))
            {
                FinishForeground(owner);
            }

            Emptied(item);
            return;
        }

        alive[item.Uid] = (item.Resource, item.Key);
        foreach (string owner in change.Before is null ? [] : Owners(change.Before.Body).Except(owners))
        {
            dependents.GetValueOrDefault(owner)?.Remove(item.Uid);
        }

        foreach (string owner in owners)
        {
            if (!dependents.TryGetValue(owner, out HashSet<string>? of))
            {
                dependents[owner] = of = [];
            }

            of.Add(item.Uid);
        }

        if (owners.Length > 0 && !owners.Any(alive.ContainsKey) && (meta.List("ownerReferences") ?? []).All(IsServed))
        {
            Delete(item.Resource, item.Key, item.Uid);
        }

        if (meta.Text("deletionTimestamp") is not null)
        {
            Ending(item);
        }
    }

    /// <summary>An object is marked as being deleted: does what its deletion waits for.</summary>
    private void Ending(StoredObject item)
    {
        if (item.Resource == AdmissionRules.Namespaces)
        {
            foreach ((ResourceId resource, StoredObject inside) in In(item.Key.Name))
            {
                Delete(resource, inside.Key, inside.Uid);
            }

            FinishNamespace(item.Key.Name);
        }
        else if (item.Resource == DefinitionController.Definitions)
        {
            ResourceId home = DefinitionController.Home(item.Body);
            foreach (StoredObject inside in store.All(home).Objects.Values)
            {
                Delete(home, inside.Key, inside.Uid);
            }

            FinishDefinition(item);
        }

        if (Holds(item.Body, "orphan"))
        {
            foreach (string uid in dependents.GetValueOrDefault(item.Uid)?.ToArray() ?? [])
            {
                if (alive.TryGetValue(uid, out (ResourceId Resource, ObjectKey Key) dependent))
                {
                    Edit(dependent.Resource, dependent.Key, uid, body => Unown(body, item.Uid));
                }
            }

            Edit(item.Resource, item.Key, item.Uid, body => Release(body, "orphan"));
        }
        else if (Holds(item.Body, "foregroundDeletion"))
        {
            foreach (string uid in dependents.GetValueOrDefault(item.Uid)?.ToArray() ?? [])
            {
                if (alive.TryGetValue(uid, out (ResourceId Resource, ObjectKey Key) dependent))
                {
                    Delete(dependent.Resource, dependent.Key, uid, "Foreground");
                }
            }

            FinishForeground(item.Uid);
        }
    }

    private void OwnerGone(string owner)
    {
        if (!dependents.Remove(owner, out HashSet<string>? left))
        {
            return;
        }

        foreach (string uid in left)
        {
            if (!alive.TryGetValue(uid, out (ResourceId Resource, ObjectKey Key) dependent) || store.Find(dependent.Resource, dependent.Key) is not { } item || item.Uid != uid)
            {
                continue;
            }

            if (Owners(item.Body).Any(o => o != owner && alive.ContainsKey(o)))
            {
                Edit(dependent.Resource, dependent.Key, uid, body => Unown(body, owner));
            }
            else if (Owners(item.Body).Contains(owner))
            {
                Delete(dependent.Resource, dependent.Key, uid);
            }
        }
    }

    /// <summary>Lets the owner go when all its dependents that may hold it are gone.</summary>
    private void FinishForeground(string owner)
    {
        (ResourceId resource, ObjectKey key) = alive[owner];
        bool blocked = (dependents.GetValueOrDefault(owner) ?? []).Any(uid =>
            alive.TryGetValue(uid, out (ResourceId Resource, ObjectKey Key) dependent)
            && store.Find(dependent.Resource, dependent.Key) is { } item && item.Uid == uid
            && (item.Body.Metadata().List("ownerReferences") ?? []).Any(r => r.Text("uid") == owner && r.Flag("blockOwnerDeletion") is true));
        if (!blocked)
        {
            Edit(resource, key, owner, body => Release(body, "foregroundDeletion"));
        }
    }

    /// <summary>An object is gone: perhaps its namespace or its definition waited for it.</summary>
    private void Emptied(StoredObject item)
    {
        if (item.Key.Namespace.Length > 0)
        {
            FinishNamespace(item.Key.Namespace);
        }

        foreach (StoredObject definition in store.All(DefinitionController.Definitions).Objects.Values)
        {
            if (DefinitionController.Home(definition.Body) == item.Resource && definition.Body.Metadata().Text("deletionTimestamp") is not null)
            {
                FinishDefinition(definition);
            }
        }
    }

    private void FinishNamespace(string name)
    {
        var key = new ObjectKey("", name);
        if (store.Find(AdmissionRules.Namespaces, key) is { } ns && ns.Body.Metadata().Text("deletionTimestamp") is not null && In(name).Count == 0)
        {
            Edit(AdmissionRules.Namespaces, key, ns.Uid, body => body.EnsureObject("spec")["finalizers"] = new JsonArray());
        }
    }

    private void FinishDefinition(StoredObject definition)
    {
        if (store.All(DefinitionController.Home(definition.Body)).Objects.IsEmpty)
        {
            Edit(DefinitionController.Definitions, definition.Key, definition.Uid, body => Release(body, DefinitionController.Finalizer));
        }
    }

    private List<(ResourceId Resource, StoredObject Item)> In(string ns) =>
    [
        .. store.Resources().Where(r => r != AdmissionRules.Namespaces)
            .SelectMany(r => store.All(r).Objects.Values.Where(o => o.Key.Namespace == ns).Select(o => (r, o))),
    ];

    private void Delete(ResourceId resource, ObjectKey key, string uid, string propagation = "Background")
    {
        if (kinds.Find(resource.Group, resource.Plural) is not { } kind)
        {
            return;
        }

        try
        {
            deletion.Delete(kind, key.Namespace, key.Name, new DeleteOptions(propagation, uid));
        }
        catch (Api.ApiRefusal)
        {
            // It is gone already, or another object took its name.
        }
    }

    private void Edit(ResourceId resource, ObjectKey key, string uid, Action<JsonObject> edit) => store.Together(() =>
    {
        if (store.Find(resource, key) is not { } present || present.Uid != uid)
        {
            return false;
        }

        JsonObject next = present.Body.Copy();
        edit(next);
        if (JsonFields.Same(next, present.Body))
        {
            return false;
        }

        JsonObject meta = next.Metadata();
        if (meta.Text("deletionTimestamp") is not null && meta.List("finalizers") is null or { Count: 0 } && (resource != AdmissionRules.Namespaces || next.Object("spec").List("finalizers") is null or { Count: 0 }))
        {
            store.Remove(resource, key);
        }
        else
        {
            store.Put(resource, next);
        }

        return true;
    });

    /// <summary>Whether the kind of an owner is known. Nobody can tell whether an owner of another kind is there.</summary>
    private bool IsServed(JsonNode? owner) => kinds.OfObject(owner.Text("apiVersion") ?? "", owner.Text("kind") ?? "") is not null;

    private static string[] Owners(JsonObject body) => [.. (body.Metadata().List("ownerReferences") ?? []).Select(r => r.Text("uid") ?? "")];

    private static bool Holds(JsonObject body, string finalizer) => (body.Metadata().List("finalizers") ?? []).Any(f => f.AsText() == finalizer);

    private static void Release(JsonObject body, string finalizer) => Without(body.Metadata(), "finalizers", f => f.AsText() == finalizer);

    private static void Unown(JsonObject body, string owner) => Without(body.Metadata(), "ownerReferences", r => r.Text("uid") == owner);

    private static void Without(JsonObject meta, string field, Func<JsonNode?, bool> gone)
    {
        if (meta.List(field) is not { } list)
        {
            return;
        }

        JsonNode?[] kept = [.. list.Where(i => !gone(i)).Select(i => i?.DeepClone())];
        if (kept.Length == 0)
        {
            meta.Remove(field);
        }
        else
        {
            meta[field] = new JsonArray(kept);
        }
    }
}
