using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Json;
using NodeAgent.TestCluster.Storage;
using NodeAgent.TestCluster.Writing;

namespace NodeAgent.TestCluster.Controllers;

/// <summary>Serves the kinds of CustomResourceDefinitions from the moment these are stored. Called under the store's lock.</summary>
internal sealed class DefinitionController(ObjectStore store, KindRegistry kinds, TimeProvider clock)
{
    /// <summary>Holds a deleted definition until its objects are gone.</summary>
    public const string Finalizer = "customresourcecleanup.apiextensions.k8s.io";

    public static ResourceId Definitions { get; } = new("apiextensions.k8s.io", "customresourcedefinitions");

    /// <summary>Where objects of a definition are kept.</summary>
    public static ResourceId Home(JsonObject definition) => new(definition.Object("spec").Text("group") ?? "", definition.Object("spec").Object("names").Text("plural") ?? "");

    public void Changed(StoreEvent change)
    {
        JsonObject definition = change.Now!.Body;
        ResourceId home = Home(definition);
        if (change.Kind == ChangeKind.Deleted)
        {
            kinds.Replace(home.Group, home.Plural, []);
            store.EndFeeds(home, FeedEnd.KindRemoved);
            return;
        }

        if (change.Before is null || !JsonFields.Same(change.Before.Body["spec"], definition["spec"]))
        {
            ServedKind[] before = [.. kinds.All.Where(k => k.Group == home.Group && k.Plural == home.Plural)];
            IReadOnlyList<ServedKind> now = DefinedKinds.Of(definition);
            kinds.Replace(home.Group, home.Plural, now);
            if (before.Any(b => now.All(n => n.Version != b.Version)))
            {
                store.EndFeeds(home, FeedEnd.KindRemoved);
            }
        }

        if (!Accepted(definition))
        {
            store.Put(Definitions, Accept(definition.Copy()));
        }
    }

    private static string StorageVersion(JsonObject definition) =>
        (definition.Object("spec").List("versions") ?? []).FirstOrDefault(v => v.Flag("storage") is true).Text("name") ?? "";

    private static bool Accepted(JsonObject definition) =>
        definition.Object("status").List("conditions") is { Count: > 0 }
        && (definition.Metadata().Text("deletionTimestamp") is not null || (definition.Metadata().List("finalizers") ?? []).Any(f => f.AsText() == Finalizer))
        && JsonFields.Same(definition.Object("status")?["acceptedNames"], definition.Object("spec")?["names"])
        && (definition.Object("status").List("storedVersions") ?? []).Any(v => v.AsText() == StorageVersion(definition));

    private JsonObject Accept(JsonObject definition)
    {
        string now = SystemFields.Time(clock.GetUtcNow());
        JsonObject status = definition.EnsureObject("status");
        status["acceptedNames"] = definition.Object("spec")?["names"]?.DeepClone();
        if (status.List("conditions") is not { Count: > 0 })
        {
            status["conditions"] = new JsonArray(
                Condition("NamesAccepted", "NoConflicts", "no conflicts found", now),
                Condition("Established", "InitialNamesAccepted", "the initial names have been accepted", now));
        }

        var stored = (status.List("storedVersions") ?? []).Select(v => v.AsText() ?? "").ToList();
        if (!stored.Contains(StorageVersion(definition)))
        {
            stored.Add(StorageVersion(definition));
        }

        status["storedVersions"] = new JsonArray([.. stored.Select(v => (JsonNode)v)]);
        JsonObject meta = definition.EnsureObject("metadata");
        if (meta.Text("deletionTimestamp") is null && !(meta.List("finalizers") ?? []).Any(f => f.AsText() == Finalizer))
        {
            if (meta["finalizers"] is not JsonArray list)
            {
                meta["finalizers"] = list = [];
            }

            list.Add(Finalizer);
        }

        return definition;
    }

    private static JsonObject Condition(string type, string reason, string message, string now) => new()
    {
        ["type"] = type,
        ["status"] = "True",
        ["lastTransitionTime"] = now,
        ["reason"] = reason,
        ["message"] = message,
    };
}
