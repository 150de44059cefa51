using System.Text;

namespace NodeAgent.Controller.Sources.Manifests;

/// <summary>
/// Finds the lines of fields by reading the objects' files again: a folder that is served keeps no text in memory, and
/// few objects are ever asked for. Not for several threads.
/// </summary>
/// <param name="root">The manifests folder.</param>
public sealed class FieldLines(string root)
{
    private readonly Dictionary<string, CutFile> _files = new(StringComparer.Ordinal);

    private (ObjectPlace Place, MarkedNode? Document)? _last;

    /// <summary>The line of the field, or of the nearest value around it that is there.</summary>
    /// <param name="path">As <see cref="Translator.Api.FieldPath"/> writes it; empty for the whole object.</param>
    public int Of(ObjectPlace place, string path)
    {
        if (path.Length == 0)
        {
            return place.Line;
        }

        if (_last is not (ObjectPlace last, MarkedNode) || last != place)
        {
            _last = (place, Find(place));
        }

        return _last.Value.Document is MarkedNode document ? MarkedJson.LineOf(document, path) : place.Line;
    }

    private MarkedNode? Find(ObjectPlace place)
    {
        CutFile file = FileOf(place.File);
        if (place.File.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            return JsonReader.Read(Encoding.UTF8.GetBytes(file.Text)).Documents
                .SelectMany(ManifestFile.DocumentsOf).FirstOrDefault(d => d.Line == place.Line);
        }

        YamlParts.Part part = file.Around(place.Line);
        MarkedNode? found = null;
        using var reader = new StringReader(file.Text.Substring(part.Start, part.Length));
        YamlReader.Read(
            reader,
            part.LinesBefore,
            node => found ??= ManifestFile.DocumentsOf(node).FirstOrDefault(d => d.Line == place.Line));
        return found;
    }

    private CutFile FileOf(string name)
    {
        if (!_files.TryGetValue(name, out CutFile? file))
        {
            string text;
            try
            {
                text = File.ReadAllText(Path.Combine(root, name));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It went away since: then the line of the object has to do.
                text = "";
            }

            _files[name] = file = new CutFile(text, YamlParts.Cut(text, 0));
        }

        return file;
    }

    private sealed record CutFile(string Text, List<YamlParts.Part> Documents)
    {
        public YamlParts.Part Around(int line)
        {
            int after = Documents.BinarySearch(new YamlParts.Part(0, 0, line), Comparer<YamlParts.Part>.Create(
                (a, b) => a.LinesBefore < b.LinesBefore ? -1 : 1));
            return Documents[Math.Max(~after - 1, 0)];
        }
    }
}
