namespace NodeAgent.Translator;

/// <summary>Which state of a condition is the one its owner wishes.</summary>
public static class ConditionMeaning
{
    /// <summary>Conditions that name a fault: their good state is False.</summary>
    private static readonly HashSet<string> Faults = new(
        [
            Conditions.Conflicted,
            Conditions.OverlappingTlsConfig,
            Conditions.PartiallyInvalid,
            // Of the original Service APIs:
            "Detached",
            "InvalidParameters",
            "NoSuchBackend",
        ],
        StringComparer.Ordinal);

    public static bool IsFault(string type) => Faults.Contains(type);

    /// <summary>A mode that somebody chose is neither good nor bad.</summary>
    public static bool IsGood(string type, string status) =>
        type == Conditions.InsecureFrontendValidationMode || status == (IsFault(type) ? "False" : "True");
}
