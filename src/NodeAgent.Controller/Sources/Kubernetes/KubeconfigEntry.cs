using NodeAgent.Controller.Sources.Manifests;
using NodeAgent.Translator.Api;

namespace NodeAgent.Controller.Sources.Kubernetes;

/// <summary>A mistake in a kubeconfig file; it becomes the problem of an <see cref="AccessResult"/> where the file is read.</summary>
internal sealed class KubeconfigMistake(int line, string message) : Exception(message)
{
    public string Place => line > 0 ? $":{line}" : "";
}

/// <summary>One cluster or user of a kubeconfig file.</summary>
/// <param name="what"><c>cluster NAME</c> or <c>user NAME</c>.</param>
internal sealed class KubeconfigEntry(string path, string what, MarkedMap map)
{
    /// <summary>The folder that paths are relative to.</summary>
    public string Folder { get; } = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";

    public string ConfigPath { get; } = path;

    public MarkedNode? Find(string field) => map.Find(field) is MarkedScalar { Type: ScalarType.Null } ? null : map.Find(field);

    /// <returns>Empty where the field is not there.</returns>
    public string Text(string field) => Find(field) switch
    {
        null => "",
        MarkedScalar scalar => scalar.Text,
        _ => throw Mistake(field, "should be a text"),
    };

    public bool Flag(string field) => Find(field) switch
    {
        null => false,
        MarkedScalar { Type: ScalarType.Boolean } flag => flag.Text == "true",
        _ => throw Mistake(field, "should be true or false"),
    };

    public IEnumerable<string> Texts(string field) => Find(field) switch
    {
        null => [],
        MarkedList list => list.Items.Select(item => item is MarkedScalar text ? text.Text : throw Mistake(field, "should be a list of texts")),
        _ => throw Mistake(field, "should be a list of texts"),
    };

    public KubeconfigEntry? Inner(string field) => Find(field) switch
    {
        null => null,
        MarkedMap inner => new KubeconfigEntry(ConfigPath, $"{what}: {field}", inner),
        _ => throw Mistake(field, "should be a mapping"),
    };

    public IEnumerable<KubeconfigEntry> InnerList(string field) => Find(field) switch
    {
        null => [],
        MarkedList list => list.Items.Select(item =>
            item is MarkedMap inner ? new KubeconfigEntry(ConfigPath, $"{what}: {field}", inner) : throw Mistake(field, "should be a list of mappings")),
        _ => throw Mistake(field, "should be a list of mappings"),
    };

    /// <summary>A file named by a field.</summary>
    /// <returns>Its full path; null where the field is not there.</returns>
    public string? FileOf(string field) => Text(field) is { Length: > 0 } file ? Path.GetFullPath(file, Folder) : null;

    /// <summary>What stands in <c>FIELD-data</c> as base64, else in the file that <c>FIELD</c> names.</summary>
    /// <returns>Reads it, at first now, so that a missing file is told at once; null where neither is there.</returns>
    public Func<byte[]>? DataOrFile(string field)
    {
        if (Text($"{field}-data") is { Length: > 0 } base64)
        {
            try
            {
                byte[] data = Convert.FromBase64String(base64);
                return () => data;
            }
            catch (FormatException)
            {
                throw Mistake($"{field}-data", "is no base64");
            }
        }

        if (FileOf(field) is not string file)
        {
            return null;
        }

        try
        {
            File.ReadAllBytes(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Mistake(field, $"cannot be read: {FieldPath.OneLine(e.Message)}");
        }

        return () => File.ReadAllBytes(file);
    }

    public bool IsFile(string field) => Text($"{field}-data").Length == 0 && Text(field).Length > 0;

    /// <summary>The line is that of the field or of its data, or of the entry where the field is missing.</summary>
    public KubeconfigMistake Mistake(string field, string text) =>
        new(map.Fields.Find(f => f.Name == field || f.Name == $"{field}-data")?.Line ?? map.Line, $"{FieldPath.OneLine(what)}: {field} {text}");
}
