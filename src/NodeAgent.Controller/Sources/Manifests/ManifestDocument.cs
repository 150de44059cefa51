using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using NodeAgent.Translator.Api;

namespace NodeAgent.Controller.Sources.Manifests;

/// <summary>What makes an object the same object, whatever its version and content.</summary>
internal readonly record struct ObjectKey(string Group, string Kind, string Namespace, string Name)
{
    public static ObjectKey Of(ObjectIdentity identity) =>
        new(identity.Group, identity.Kind, identity.Namespace, identity.Name);
}

/// <summary>One document of a manifest, read for itself.</summary>
/// <param name="JsonHash">Of the document as JSON: layout and comments do not count.</param>
/// <param name="Decoded">Null when ignored or when there are problems.</param>
internal sealed record ManifestDocument(
    ObjectIdentity Identity,
    UInt128 JsonHash,
    ApiObject? Decoded,
    bool Ignored,
    int Line,
    ImmutableArray<Problem> Problems)
{
    /// <summary>In characters; kind, namespace and name have at most 63 + 63 + 253.</summary>
    private const int MaxSubject = 400;

    public ObjectKey Key => ObjectKey.Of(Identity);

    /// <summary>It does not even say which object it is.</summary>
    public bool IsAnonymous => Identity.Kind.Length == 0 || Identity.ApiVersion.Length == 0 || Identity.Name.Length == 0;

    /// <param name="known">The object that was decoded from JSON of this hash before, if any.</param>
    public static ManifestDocument Read(string file, MarkedNode node, Func<UInt128, ApiObject?> known)
    {
        MarkedJson json = MarkedJson.Write(node);
        if (json.TooLarge)
        {
            var problem = new Problem(file, node.Line, "", "", $"aliases make the document too large, at most {MarkedJson.MaxValues} values in {MarkedFile.MaxDepth} levels are allowed");
            return new ManifestDocument(new ObjectIdentity("", "", "", ""), 0, null, false, node.Line, [problem]);
        }

        UInt128 hash = Hash(json.Utf8);
        if (json.Duplicates.Count == 0 && known(hash) is ApiObject same)
        {
            string apiVersion = node is MarkedMap map ? map.TextOf("apiVersion") : "";
            var identity = new ObjectIdentity(apiVersion, same.Kind, same.Meta.Namespace, same.Meta.Name);
            return new ManifestDocument(identity, hash, same, false, node.Line, []);
        }

        using JsonDocument document = JsonDocument.Parse(json.Utf8, new JsonDocumentOptions { MaxDepth = MarkedFile.MaxDepth + 8 });
        DecodeResult result = ApiDecoder.Decode(document.RootElement);
        if (result.Ignored)
        {
            return new ManifestDocument(result.Identity, hash, null, true, node.Line, []);
        }

        string subject = FieldPath.OneLine(result.Identity.ToString(), MaxSubject);
        ImmutableArray<Problem> problems =
        [
            .. json.Duplicates.Select(d => ToProblem(d.Problem, d.Line)),
            .. result.Problems.Select(p => ToProblem(p, MarkedJson.LineOf(node, p.Path))),
        ];
        return new ManifestDocument(
            result.Identity, hash, problems.IsEmpty ? result.Decoded : null, false, node.Line, problems);

        Problem ToProblem(FieldProblem problem, int line) => Problem.Of(file, line, subject, problem);
    }

    private static UInt128 Hash(byte[] utf8) => MemoryMarshal.Read<UInt128>(SHA256.HashData(utf8));
}
