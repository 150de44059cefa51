using System.Text.RegularExpressions;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Legacy.Conversion;

/// <summary>
/// Objects of the original API live on as objects of today's under names that no user can give, so that both may have
/// a Gateway of one name. A plus sorts before all that names consist of: NS/NAME ties come out as if it were not there.
/// </summary>
internal static partial class ConvertedNames
{
    private const string Mark = "+v1alpha1";

    /// <param name="part">Tells apart what one object becomes; empty for the only or the main one.</param>
    public static string Of(string name, string part = "") => part.Length == 0 ? name + Mark : $"{name}{Mark}+{part}";

    public static ObjectMeta Of(ObjectMeta meta, string part = "") => meta with { Name = Of(meta.Name, part) };

    public static bool Is(string name) => name.Contains('+', StringComparison.Ordinal);

    /// <summary>A message of today's translation, in the names and kinds that the user knows.</summary>
    public static string Restore(string message) =>
        message.Contains(Mark, StringComparison.Ordinal) ? Marks().Replace(Policies().Replace(message, "BackendPolicy "), "") : message;

    [GeneratedRegex(@"BackendTLSPolicy (?=[^ ]*\+v1alpha1)")]
    private static partial Regex Policies();

    [GeneratedRegex(@"\+v1alpha1(\+[a-z0-9-]+)*")]
    private static partial Regex Marks();
}
