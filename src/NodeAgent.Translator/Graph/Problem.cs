namespace NodeAgent.Translator.Graph;

/// <summary>Why something a user wrote does not count: a condition's reason and one line for its message.</summary>
internal sealed record Problem(string Reason, string Message);
