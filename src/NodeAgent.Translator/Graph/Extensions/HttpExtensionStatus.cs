using System.Collections.Immutable;
using System.Text.Json.Nodes;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Api.Extensions;
using NodeAgent.Translator.Graph.Backends;
using NodeAgent.Translator.Graph.Policies;

namespace NodeAgent.Translator.Graph.Extensions;

/// <summary>Whether an HTTPFilter, HTTPMatch or StaticFiles can be used, told on itself as well as on the routes that name it.</summary>
internal sealed class HttpExtensionStatus : PolicyType
{
    public override bool Is(ApiObject item) => item is HttpFilter or HttpMatchObject or StaticFiles;

    public override ImmutableArray<ObjectStatus> Status(ApiObject policy, ObjectIndex index)
    {
        Problem? problem = policy switch
        {
            HttpFilter filter => ExtensionFilterCompilation.Compile(filter, index).Problem,
            HttpMatchObject match => HttpMatchCompilation.Check(match),
            StaticFiles files => StaticFilesCompilation.Check(files, index),
            _ => null,
        };
        Condition accepted = Conditions.Of(Conditions.Accepted, problem, Reasons.Accepted, $"{policy.Kind} can be used", policy.Meta.Generation);
        return
        [
            new ObjectStatus($"{policy.Group}/v1alpha1", policy, () => Json(accepted)),
        ];
    }

    private static JsonObject Json(Condition condition) => new()
    {
        ["conditions"] = new JsonArray(new JsonObject
        {
            ["type"] = condition.Type,
            ["status"] = condition.Status,
            ["observedGeneration"] = condition.ObservedGeneration,
            ["reason"] = condition.Reason,
            ["message"] = condition.Message,
        }),
    };
}
