using System.Text.Json.Nodes;

namespace NodeAgent.TestCluster.BuiltIn;

internal sealed class NamespaceRules : KindRules
{
    public override void Default(JsonObject item)
    {
        if (item["metadata"] is JsonObject metadata && Text(metadata, "name") is { Length: > 0 } name)
        {
            if (metadata["labels"] is not JsonObject labels)
            {
                metadata["labels"] = labels = [];
            }

            labels["kubernetes.io/metadata.name"] = name;
        }

        if (item["status"] is not JsonObject status)
        {
            item["status"] = status = [];
        }

        DefaultText(status, "phase", "Active");
    }
}
