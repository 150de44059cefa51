using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Api;
using NodeAgent.TestCluster.Json;
using NodeAgent.TestCluster.Storage;

namespace NodeAgent.TestCluster.Writing;

/// <summary>Rules of a few kinds that are no matter of their schema: namespaces must be there, Services get addresses.</summary>
internal sealed class AdmissionRules(ObjectStore store, TestApiServerOptions options, ServiceAddresses addresses)
{
    public static ResourceId Namespaces { get; } = new("", "namespaces");

    private static readonly string[] Undeletable = ["default", "kube-system", "kube-public"];

    /// <summary>Creates a namespace, where they come into being with their first object.</summary>
    public Action<string>? CreateNamespace { get; set; }

    /// <summary>Checks and completes what is to be created.</summary>
    public void Create(ServedKind kind, string ns, string name, JsonObject item)
    {
        if (kind.Namespaced)
        {
            RequireNamespace(kind, ns, name);
        }

        switch (kind)
        {
            case { Group: "", Kind: "Namespace" }:
                item.EnsureObject("metadata").EnsureObject("labels")["kubernetes.io/metadata.name"] = name;
                if (item.Object("spec").List("finalizers") is null)
                {
                    item.EnsureObject("spec")["finalizers"] = new JsonArray("kubernetes");
                }

                item["status"] = new JsonObject { ["phase"] = "Active" };
                break;
            case { Group: "", Kind: "Service" }:
                addresses.Assign(kind, item, null);
                item["status"] = new JsonObject { ["loadBalancer"] = new JsonObject() };
                break;
            case { Group: "", Kind: "Pod" }:
                item["status"] = new JsonObject { ["phase"] = "Pending" };
                break;
            default:
                break;
        }
    }

    public void Change(ServedKind kind, string ns, string name, JsonObject next, JsonObject before)
    {
        switch (kind)
        {
            case { Group: "", Kind: "Namespace" }:
                next.EnsureObject("metadata").EnsureObject("labels")["kubernetes.io/metadata.name"] = name;
                next.EnsureObject("spec")["finalizers"] = before.Object("spec").List("finalizers")?.DeepClone() ?? new JsonArray();
                break;
            case { Group: "", Kind: "Service" }:
                addresses.Assign(kind, next, before);
                break;
            default:
                break;
        }
    }

    public void Delete(ServedKind kind, string name)
    {
        if (kind is { Group: "", Kind: "Namespace" } && Undeletable.Contains(name))
        {
            throw Refusals.Forbidden(kind, name, "this namespace may not be deleted");
        }
    }

    /// <summary>Whether an object stays when it is deleted, though nothing in its metadata holds it: namespaces, until they are empty.</summary>
    public bool KeepsDeleted(ServedKind kind, JsonObject item) => kind is { Group: "", Kind: "Namespace" } && item.Object("spec").List("finalizers") is { Count: > 0 };

    /// <summary>An object was marked as being deleted.</summary>
    public void Marked(ServedKind kind, JsonObject item)
    {
        if (kind is { Group: "", Kind: "Namespace" })
        {
            item.EnsureObject("status")["phase"] = "Terminating";
        }
    }

    private void RequireNamespace(ServedKind kind, string ns, string name)
    {
        if (store.Find(Namespaces, new ObjectKey("", ns)) is { } found)
        {
            if (found.Body.Metadata().Text("deletionTimestamp") is not null)
            {
                throw new ApiRefusal(403, "Forbidden", $"{Refusals.Resource(kind)} \"{name}\" is forbidden: unable to create new content in namespace {ns} because it is being terminated", new JsonObject
                {
                    ["name"] = name,
                    ["group"] = kind.Group,
                    ["kind"] = kind.Plural,
                    ["causes"] = new JsonArray(new JsonObject { ["reason"] = "NamespaceTerminating", ["message"] = $"namespace {ns} is being terminated", ["field"] = "metadata.namespace" }),
                });
            }
        }
        else if (options.AutoCreateNamespaces && CreateNamespace is not null)
        {
            CreateNamespace(ns);
        }
        else
        {
            throw new ApiRefusal(404, "NotFound", $"namespaces \"{ns}\" not found", new JsonObject { ["name"] = ns, ["kind"] = "namespaces" });
        }
    }
}
