using NodeAgent.Translator.Api;

namespace NodeAgent.Controller;

/// <summary>One mistake in the manifests, told as one line.</summary>
/// <param name="File">Relative to the manifests folder.</param>
/// <param name="Line">From 1; 0 where a whole file is meant.</param>
/// <param name="Subject"><c>kind ns/name</c>; empty where no object could be made out.</param>
/// <param name="Field">JSON path; empty for the whole object.</param>
/// <param name="Text">What is wrong, what is allowed.</param>
public sealed record Problem(string File, int Line, string Subject, string Field, string Text)
{
    /// <summary>The part of <see cref="Text"/> that says what is wrong.</summary>
    public string What => Mend.Length > 0 ? Text[..^(Mend.Length + 2)] : Text;

    /// <summary>The part of <see cref="Text"/> that says what is allowed; empty where it does not.</summary>
    public string Mend { get; private init; } = "";

    public static Problem Of(string file, int line, string subject, FieldProblem problem) =>
        new(file, line, subject, problem.Path, $"{problem.What}, {problem.Allowed}") { Mend = problem.Allowed };

    /// <summary>In characters; Linux has no longer paths.</summary>
    private const int MaxFileName = 4096;

    /// <summary><c>file:line kind ns/name field: what is wrong, what is allowed</c>.</summary>
    public override string ToString()
    {
        string file = FieldPath.OneLine(File, MaxFileName);
        string place = Line > 0 ? $"{file}:{Line}" : file;
        return string.Join(' ', new[] { place, Subject, Field }.Where(part => part.Length > 0)) + ": " + Text;
    }
}
