using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Schemas;

namespace NodeAgent.TestCluster.BuiltIn;

/// <summary>The tables of built-in kinds, read once, and the shapes that all kinds share.</summary>
internal static class CommonShapes
{
    public const string ObjectMetaName = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";
    public const string ObjectMetaReference = "#/components/schemas/" + ObjectMetaName;

    /// <summary>In the order in which they may name shapes of one another.</summary>
    private static readonly string[] Tables = ["meta.kinds", "podparts.kinds", "pods.kinds", "core.kinds", "network.kinds", "workloads.kinds", "policies.kinds", "definitions.kinds"];

    public static KindText Text { get; } = ReadAll();

    public static JsonObject ObjectMetaSchema => Text.Shape("ObjectMeta");

    public static StructuralNode ObjectMeta { get; } = StructuralCompiler.Compile(ObjectMetaSchema);

    private static KindText ReadAll()
    {
        KindText text = new();
        foreach (string table in Tables)
        {
            using Stream stream = typeof(CommonShapes).Assembly.GetManifestResourceStream(table)
                ?? throw new InvalidOperationException($"the table {table} is not part of the assembly");
            using StreamReader reader = new(stream);
            text.Read(reader.ReadToEnd());
        }

        return text;
    }
}
