using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Json;
using NodeAgent.TestCluster.Schemas;

namespace NodeAgent.TestCluster.Api;

/// <summary>The refusals there are, in the API server's words.</summary>
internal static class Refusals
{
    public static ApiRefusal NotFound(ServedKind kind, string name) =>
        new(404, "NotFound", $"{Resource(kind)} \"{name}\" not found", Details(kind, name, plural: true));

    /// <summary>The path leads to nothing: answered by the web server, as it were, with plain text and not with a Status.</summary>
    public static ApiRefusal NoSuchResource() => new(404, "NotFound", NoSuchPage);

    public const string NoSuchPage = "404 page not found";

    public static ApiRefusal AlreadyExists(ServedKind kind, string name) =>
        new(409, "AlreadyExists", $"{Resource(kind)} \"{name}\" already exists", Details(kind, name, plural: true));

    public static ApiRefusal Conflict(ServedKind kind, string name, string why) =>
        new(409, "Conflict", $"Operation cannot be fulfilled on {Resource(kind)} \"{name}\": {why}", Details(kind, name, plural: true));

    public static ApiRefusal Modified(ServedKind kind, string name) =>
        Conflict(kind, name, "the object has been modified; please apply your changes to the latest version and try again");

    public static ApiRefusal OtherUid(ServedKind kind, string name, string wanted, string present) =>
        Conflict(kind, name, $"Precondition failed: UID in precondition: {wanted}, UID in object meta: {present}");

    /// <summary>A PUT without version, of a kind that wants one. Here the server speaks of the plural where it means the kind.</summary>
    public static ApiRefusal VersionMissing(ServedKind kind, string name) =>
        Invalid(kind with { Kind = kind.Plural }, name, [new FieldError("FieldValueInvalid", "metadata.resourceVersion", "Invalid value: 0x0: must be specified for an update")]);

    public static ApiRefusal Forbidden(ServedKind kind, string name, string why) =>
        new(403, "Forbidden", name.Length == 0 ? $"{Resource(kind)} is forbidden: {why}" : $"{Resource(kind)} \"{name}\" is forbidden: {why}", Details(kind, name, plural: true));

    public static ApiRefusal BadRequest(string message) => new(400, "BadRequest", message);

    public static ApiRefusal OtherName(string given, string asked) => BadRequest($"the name of the object ({given}) does not match the name on the URL ({asked})");

    public static ApiRefusal Expired(string message) => new(410, "Expired", message);

    /// <summary>Options of a request (ListOptions, DeleteOptions, ...) that cannot be, or not together.</summary>
    public static ApiRefusal InvalidOptions(string kind, params IReadOnlyList<FieldError> errors) =>
        Invalid(new ServedKind("meta.k8s.io", "v1", kind, "", "", false, new PermissiveSchema("", "", "")), "", errors);

    public static ApiRefusal MethodNotAllowed() =>
        new(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", []);

    public static ApiRefusal UnsupportedMediaType(string message) => new(415, "UnsupportedMediaType", message);

    public static ApiRefusal NotAcceptable(string message) => new(406, "NotAcceptable", message);

    public static ApiRefusal Internal(string message) => new(500, "InternalError", "Internal error occurred: " + message);

    public static ApiRefusal Invalid(ServedKind kind, string name, IReadOnlyList<FieldError> errors)
    {
        var causes = new JsonArray();
        foreach (FieldError error in errors)
        {
            causes.Add(new JsonObject { ["reason"] = error.Kind, ["message"] = error.Message, ["field"] = error.Path });
        }

        JsonObject details = Details(kind, name, plural: false);
        details["causes"] = causes;
        string[] all = [.. errors.Select(e => $"{e.Path}: {e.Message}")];
        string list = all.Length == 1 ? all[0] : $"[{string.Join(", ", all)}]";
        return new ApiRefusal(422, "Invalid", $"{Qualified(kind)} \"{name}\" is invalid: {list}", details);
    }

    /// <summary>Kind.group, as validation speaks of it.</summary>
    public static string Qualified(ServedKind kind) => kind.Group.Length == 0 ? kind.Kind : $"{kind.Kind}.{kind.Group}";

    /// <summary>plural.group, as the rest speaks of it.</summary>
    public static string Resource(ServedKind kind) => kind.Group.Length == 0 ? kind.Plural : $"{kind.Plural}.{kind.Group}";

    private static JsonObject Details(ServedKind kind, string name, bool plural)
    {
        var details = new JsonObject();
        if (name.Length > 0)
        {
            details["name"] = name;
        }

        if (kind.Group.Length > 0)
        {
            details["group"] = kind.Group;
        }

        details["kind"] = plural ? kind.Plural : kind.Kind;
        return details;
    }
}
