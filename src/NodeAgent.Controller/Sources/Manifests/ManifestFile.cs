using System.Collections.Immutable;
using System.Text;
using System.Text.Unicode;
using NodeAgent.Translator.Api;

namespace NodeAgent.Controller.Sources.Manifests;

/// <param name="Stale">No longer in the file, kept because the file looks damaged.</param>
internal sealed record KeptObject(ObjectKey Key, UInt128 JsonHash, ApiObject Object, int Line, bool Stale);

/// <summary>
/// One file as far as it could be understood: the last good version of every object in it. Immutable; a new
/// content makes a new one out of the old.
/// </summary>
internal sealed record ManifestFile(
    string Name,
    ImmutableArray<KeptObject> Objects,
    ImmutableArray<Problem> Problems,
    ImmutableArray<IgnoredKind> Ignored)
{
    /// <summary>In bytes. 5,000 routes with all their Services have some 10 MB.</summary>
    public const int MaxSize = 16 * 1024 * 1024;

    /// <summary>Told of one file; who has more mistakes than this has one mistake (a wrong file, say).</summary>
    public const int MaxProblems = 100;

    public static ManifestFile New(string name) => new(name, [], [], []);

    /// <summary>What <see cref="MaxSize"/>, a permission or the disk says against reading the file.</summary>
    public ManifestFile Unreadable(string text) => this with { Problems = [new Problem(Name, 0, "", "", text + Keeping)] };

    /// <summary>
    /// The file with this content. Nothing is lost to a damaged file:
    /// 1. one that does not parse, or has no document any more, keeps all of its objects;
    /// 2. a document with problems keeps the last good version of its object;
    /// 3. where a document does not say which object it is, or the last one has problems (so ends a file that was
    ///    cut off), objects that are missing are kept too. Otherwise what is missing is gone.
    /// </summary>
    public ManifestFile With(ReadOnlySpan<byte> utf8)
    {
        (List<ManifestDocument> documents, ReadFault? fault) = Documents(utf8);
        if (fault is not null)
        {
            return this with { Problems = [new Problem(Name, fault.Line, "", "", fault.Text + Keeping)] };
        }

        if (documents.Count == 0 && !Objects.IsEmpty)
        {
            return this with { Problems = [new Problem(Name, 0, "", "", "has no documents any more" + Keeping)] };
        }

        var before = Objects.ToDictionary(kept => kept.Key);
        var objects = new Dictionary<ObjectKey, KeptObject>();
        var problems = ImmutableArray.CreateBuilder<Problem>();
        foreach (ManifestDocument document in documents)
        {
            problems.AddRange(document.Problems);
            KeptObject? kept =
                document.Decoded is ApiObject good ? new KeptObject(document.Key, document.JsonHash, good, document.Line, Stale: false)
                : document.Ignored ? null
                : before.GetValueOrDefault(document.Key);
            if (kept is not null && !objects.TryAdd(kept.Key, kept) && document.Decoded is not null)
            {
                problems.Add(new Problem(Name, document.Line, document.Identity.ToString(), "", $"stands in this file a second time, the first (line {objects[kept.Key].Line}) is used"));
            }
        }

        if (LooksCutOff(documents))
        {
            AddMissing(objects, problems);
        }

        if (problems.Count > MaxProblems)
        {
            int more = problems.Count - MaxProblems;
            problems.Count = MaxProblems;
            problems.Add(new Problem(Name, 0, "", "", $"has {more} more problems"));
        }

        ImmutableArray<IgnoredKind> ignored =
            [.. documents.Where(d => d.Ignored).Select(d => new IgnoredKind(FieldPath.OneLine(d.Identity.ApiVersion), FieldPath.OneLine(d.Identity.Kind), Name, d.Line))];
        return new ManifestFile(Name, [.. objects.Values], problems.ToImmutable(), ignored);
    }

    private string Keeping => Objects.Length switch
    {
        0 => "",
        1 => ", the last good version of its object keeps serving",
        _ => $", the last good versions of its {Objects.Length} objects keep serving",
    };

    /// <summary>The documents, those of a List one by one; empty ones are none.</summary>
    private (List<ManifestDocument> Documents, ReadFault? Fault) Documents(ReadOnlySpan<byte> utf8)
    {
        ReadOnlySpan<byte> content = utf8.StartsWith("\uFEFF"u8) ? utf8[3..] : utf8;
        if (!Utf8.IsValid(content))
        {
            return ([], new ReadFault(0, "is not UTF-8 text"));
        }

        var known = new Dictionary<UInt128, ApiObject>();
        foreach (KeptObject kept in Objects)
        {
            known[kept.JsonHash] = kept.Object;
        }

        if (Name.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            MarkedFile json = JsonReader.Read(content);
            return ([.. json.Documents.SelectMany(Documents)], json.Fault);
        }

        string text = Encoding.UTF8.GetString(content);
        List<YamlParts.Part> parts = YamlParts.Cut(text, YamlParts.WorthAThread);
        var documents = new List<ManifestDocument>[parts.Count];
        var faults = new ReadFault?[parts.Count];
        // Later, when there is traffic to serve, reading again takes one processor and no more.
        var options = new ParallelOptions { MaxDegreeOfParallelism = Objects.IsEmpty ? -1 : 1 };
        Parallel.For(0, parts.Count, options, i =>
        {
            YamlParts.Part part = parts[i];
            List<ManifestDocument> list = documents[i] = [];
            using var reader = new StringReader(parts.Count == 1 ? text : text.Substring(part.Start, part.Length));
            faults[i] = YamlReader.Read(reader, part.LinesBefore, node => list.AddRange(Documents(node)));
        });
        return ([.. documents.SelectMany(list => list)], Array.Find(faults, fault => fault is not null));

        IEnumerable<ManifestDocument> Documents(MarkedNode node) =>
            DocumentsOf(node).Select(item => ManifestDocument.Read(Name, item, hash => known.GetValueOrDefault(hash)));
    }

    /// <summary>Those of a List one by one; none of an empty document.</summary>
    public static IEnumerable<MarkedNode> DocumentsOf(MarkedNode node) => node switch
    {
        MarkedScalar { Type: ScalarType.Null } => [],
        MarkedMap map when map.TextOf("kind") == "List" && map.TextOf("apiVersion") == "v1" && map.Find("items") is MarkedList items => items.Items,
        _ => [node],
    };

    private static bool LooksCutOff(List<ManifestDocument> documents) =>
        documents.Count > 0
        && (!documents[^1].Problems.IsEmpty || documents.Exists(document => document.IsAnonymous));

    private void AddMissing(Dictionary<ObjectKey, KeptObject> objects, ImmutableArray<Problem>.Builder problems)
    {
        int missing = 0;
        foreach (KeptObject kept in Objects)
        {
            missing += objects.TryAdd(kept.Key, kept with { Stale = true }) ? 1 : 0;
        }

        if (missing > 0)
        {
            problems.Add(new Problem(Name, 0, "", "", $"looks cut off, {missing} of its objects are missing and are kept until its problems are mended"));
        }
    }
}
