using NodeAgent.Translator.Graph;

namespace NodeAgent.Translator;

/// <summary>The condition types we write and how their entries are made.</summary>
internal static class Conditions
{
    public const string Accepted = "Accepted";
    public const string Conflicted = "Conflicted";
    public const string InsecureFrontendValidationMode = "InsecureFrontendValidationMode";
    public const string OverlappingTlsConfig = "OverlappingTLSConfig";
    public const string PartiallyInvalid = "PartiallyInvalid";
    public const string Programmed = "Programmed";
    public const string ResolvedRefs = "ResolvedRefs";
    public const string SupportedVersion = "SupportedVersion";

    /// <summary>Of a class: what it sets where Gateways and listeners say nothing.</summary>
    public const string Defaults = "nodeagent.dev/Defaults";

    /// <summary>More names than this in one message help nobody.</summary>
    private const int NamesInMessage = 3;

    public static Condition True(string type, string reason, string message, long generation) =>
        new(type, "True", reason, message, generation);

    /// <summary>Of a type that names a fault.</summary>
    public static Condition True(string type, Problem problem, long generation) =>
        new(type, "True", problem.Reason, problem.Message, generation) { Field = problem.Field, Mend = problem.Mend };

    public static Condition False(string type, Problem problem, long generation) =>
        new(type, "False", problem.Reason, problem.Message, generation) { Field = problem.Field, Mend = problem.Mend };

    public static Condition Unknown(string type, string reason, string message, long generation) =>
        new(type, "Unknown", reason, message, generation);

    /// <summary>True with <paramref name="reason"/> when there is no problem, else False with the problem's.</summary>
    public static Condition Of(string type, Problem? problem, string reason, string message, long generation) =>
        problem is null ? True(type, reason, message, generation) : False(type, problem, generation);

    public static string Names(IReadOnlyCollection<string> names, string separator = ", ")
    {
        string shown = string.Join(separator, names.Take(NamesInMessage));
        return names.Count > NamesInMessage ? $"{shown} and {names.Count - NamesInMessage} more" : shown;
    }
}
