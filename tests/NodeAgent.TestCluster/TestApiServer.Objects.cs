using System.Text;
using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Api;
using NodeAgent.TestCluster.Json;
using NodeAgent.TestCluster.Reading;
using NodeAgent.TestCluster.Storage;
using NodeAgent.TestCluster.Writing;

namespace NodeAgent.TestCluster;

/// <summary>Objects without HTTP, through the same code as requests. What the server refuses is thrown as <see cref="RefusedException"/>.</summary>
public sealed partial class TestApiServer
{
    private static readonly WriteOptions Direct = new() { Manager = "test", Validation = FieldValidation.Strict };

    /// <summary>The kinds that are served now, every version.</summary>
    public IReadOnlyList<ServedKind> Kinds => kinds.All;

    /// <summary>Creates or replaces the objects of a YAML text, in their order; the status, where given, is written as well.</summary>
    /// <exception cref="RefusedException">The server refuses one.</exception>
    public async Task ApplyAsync(string yaml)
    {
        foreach (JsonObject item in YamlText.Documents(yaml))
        {
            await ApplyAsync(item).ConfigureAwait(false);
        }
    }

    /// <summary>Creates or replaces an object; its status, where given, is written as well.</summary>
    /// <returns>What the server keeps.</returns>
    /// <exception cref="RefusedException">The server refuses it.</exception>
    public Task<JsonObject> ApplyAsync(JsonNode item) => Refused(() =>
    {
        var body = (JsonObject)JsonText.Parse(JsonText.Bytes(item))!;
        ServedKind kind = kinds.OfObject(body.Text("apiVersion") ?? "", body.Text("kind") ?? "") ?? throw Refusals.NoSuchResource();
        string name = body.Metadata().Text("name") ?? "";
        string ns = kind.Namespaced ? body.Metadata().Text("namespace") ?? "default" : "";
        JsonNode? status = kind.HasStatus ? body["status"]?.DeepClone() : null;
        bool there = name.Length > 0 && store.Find(Conversion.Home(kind), new ObjectKey(ns, name)) is not null;
        Written written = there ? writer.Change(kind, ns, name, "", _ => body, Direct) : writer.Create(kind, ns, body, Direct);
        if (status is not null)
        {
            written = writer.Change(kind, ns, written.Object.Key.Name, "status", present => WithStatus(present, status), Direct);
        }

        return Out(written.Object);
    });

    /// <param name="kind">Kind or plural.</param>
    /// <param name="ns">Empty for objects of the cluster.</param>
    /// <returns>A copy, in the stored version; null when it is not there.</returns>
    public JsonObject? Get(string group, string kind, string ns, string name) =>
        kinds.Find(group, kind) is { } served && store.Find(Conversion.Home(served), new ObjectKey(ns, name)) is { } found ? Out(found.As(served)) : null;

    /// <param name="ns">Null for all namespaces.</param>
    /// <returns>Copies, by namespace and name.</returns>
    public IReadOnlyList<JsonObject> List(string group, string kind, string? ns = null) =>
        kinds.Find(group, kind) is { } served ? [.. store.All(Conversion.Home(served)).Objects.Values.Where(o => ns is null || o.Key.Namespace == ns).Select(o => Out(o.As(served)))] : [];

    /// <summary>Deletes as a request would: finalizers hold the object.</summary>
    /// <returns>False when it was not there.</returns>
    public Task<bool> DeleteAsync(string group, string kind, string ns, string name) => Refused(() =>
    {
        ServedKind served = kinds.Find(group, kind) ?? throw Refusals.NoSuchResource();
        if (store.Find(Conversion.Home(served), new ObjectKey(ns, name)) is null)
        {
            return false;
        }

        deletion.Delete(served, ns, name, new DeleteOptions());
        return true;
    });

    /// <summary>A JSON merge patch (RFC 7386).</summary>
    /// <exception cref="RefusedException">The server refuses it, or the object is not there.</exception>
    public Task<JsonObject> PatchAsync(string group, string kind, string ns, string name, JsonNode mergePatch) => PatchAsync(group, kind, ns, name, "", mergePatch);

    /// <summary>A JSON merge patch of the status: <c>{"status": ...}</c>.</summary>
    /// <exception cref="RefusedException">The server refuses it, or the object is not there.</exception>
    public Task<JsonObject> PatchStatusAsync(string group, string kind, string ns, string name, JsonNode mergePatch) => PatchAsync(group, kind, ns, name, "status", mergePatch);

    /// <summary>Installs the CustomResourceDefinitions of a file, of all files of a folder (*.yaml), or of a YAML text.</summary>
    public async Task InstallCrdsAsync(string pathOrText)
    {
        string[] texts = Directory.Exists(pathOrText)
            ? [.. Directory.EnumerateFiles(pathOrText, "*.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllText)]
            : pathOrText.Contains('\n', StringComparison.Ordinal) ? [pathOrText] : [await File.ReadAllTextAsync(pathOrText).ConfigureAwait(false)];
        foreach (JsonObject item in texts.SelectMany(YamlText.Documents).Where(i => i.Text("kind") is "CustomResourceDefinition"))
        {
            item.Remove("status");
            await ApplyAsync(item).ConfigureAwait(false);
        }
    }

    /// <summary>Waits for a state of an object; told of every change, so that none is missed.</summary>
    /// <param name="wanted">Given the object, or null while it is not there. The object is the server's: leave it alone.</param>
    /// <returns>A copy of the object that was wanted; empty when its absence was.</returns>
    public async Task<JsonObject> UntilAsync(string group, string kind, string ns, string name, Func<JsonObject?, bool> wanted, CancellationToken cancel)
    {
        ServedKind served = await ServedAsync(group, kind, cancel).ConfigureAwait(false);
        ResourceId home = Conversion.Home(served);
        var feed = new WatchFeed(ns, name, options.WatchBuffer);
        store.Follow(home, feed, store.Revision);
        try
        {
            StoredObject? present = store.Find(home, new ObjectKey(ns, name));
            while (!wanted(present?.As(served).Body))
            {
                if (!await feed.Changes.WaitToReadAsync(cancel).ConfigureAwait(false) || !feed.Changes.TryRead(out StoreEvent? change))
                {
                    throw new InvalidOperationException($"{served.Kind} is no longer served");
                }

                present = change.Kind == ChangeKind.Deleted ? null : change.Now;
            }

            return present is null ? [] : Out(present.As(served));
        }
        finally
        {
            store.Leave(home, feed);
        }
    }

    private async Task<ServedKind> ServedAsync(string group, string kind, CancellationToken cancel)
    {
        ResourceId definitions = Controllers.DefinitionController.Definitions;
        var feed = new WatchFeed(null, null, options.WatchBuffer);
        store.Follow(definitions, feed, store.Revision);
        try
        {
            while (true)
            {
                if (kinds.Find(group, kind) is { } served)
                {
                    return served;
                }

                await feed.Changes.ReadAsync(cancel).ConfigureAwait(false);
            }
        }
        finally
        {
            store.Leave(definitions, feed);
        }
    }

    private Task<JsonObject> PatchAsync(string group, string kind, string ns, string name, string subresource, JsonNode mergePatch) => Refused(() =>
    {
        ServedKind served = kinds.Find(group, kind) ?? throw Refusals.NoSuchResource();
        JsonNode patch = JsonText.Parse(JsonText.Bytes(mergePatch))!;
        return Out(writer.Change(served, ns, name, subresource, present => (JsonObject)MergePatch.Apply(present, patch)!, Direct).Object);
    });

    private static JsonObject WithStatus(JsonObject present, JsonNode status)
    {
        JsonObject made = present.Copy();
        made["status"] = status.DeepClone();
        return made;
    }

    private static JsonObject Out(StoredObject item) => (JsonObject)JsonText.Parse(item.Utf8)!;

    private static Task<T> Refused<T>(Func<T> work)
    {
        try
        {
            return Task.FromResult(work());
        }
        catch (ApiRefusal refusal)
        {
            return Task.FromException<T>(new RefusedException(refusal.Code, refusal.Reason, refusal.Message));
        }
    }
}
