using System.Text.RegularExpressions;

namespace NodeAgent.TestCluster.Schemas;

/// <summary>Rules of names, and what is said of names that break them.</summary>
internal static partial class NameRule
{
    private const string SubdomainText = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
    private const string LabelText = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
    private const string Label1035Text = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
    private const string QualifiedText = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
    private const string ValueText = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

    /// <returns>What is wrong, empty when nothing.</returns>
    public static IEnumerable<string> Check(NameKind kind, string name) => kind switch
    {
        NameKind.Label => Check(name, 63, Label(), LabelText),
        NameKind.Label1035 => Check(name, 63, Label1035(), Label1035Text),
        NameKind.PathSegment => CheckPathSegment(name),
        _ => Check(name, 253, Subdomain(), SubdomainText),
    };

    /// <summary>Keys of labels and annotations, names of finalizers: a name of up to 63 characters, with or without a DNS name and / before it.</summary>
    public static IEnumerable<string> CheckQualified(string name)
    {
        int slash = name.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0)
        {
            string prefix = name[..slash];
            if (prefix.Length == 0)
            {
                yield return "prefix part must be non-empty";
            }
            else
            {
                foreach (string problem in Check(NameKind.Subdomain, prefix))
                {
                    yield return $"prefix part {problem}";
                }
            }
        }

        string part = name[(slash + 1)..];
        if (part.Length == 0)
        {
            yield return "name part must be non-empty";
        }
        else if (part.Length > 63)
        {
            yield return "name part must be no more than 63 characters";
        }

        if (!Qualified().IsMatch(part))
        {
            yield return QualifiedText;
        }
    }

    public static IEnumerable<string> CheckLabelValue(string value)
    {
        if (value.Length > 63)
        {
            yield return "must be no more than 63 characters";
        }

        if (value.Length > 0 && !Qualified().IsMatch(value))
        {
            yield return ValueText;
        }
    }

    /// <summary>Names of ports: up to 15 characters, with a letter among them.</summary>
    public static IEnumerable<string> CheckPortName(string name)
    {
        if (name.Length > 15)
        {
            yield return "must be no more than 15 characters";
        }

        if (!PortName().IsMatch(name))
        {
            yield return "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)";
        }

        if (!name.Any(char.IsAsciiLetter))
        {
            yield return "must contain at least one letter (a-z)";
        }

        if (name.Contains("--", StringComparison.Ordinal))
        {
            yield return "must not contain consecutive hyphens";
        }

        if (name.StartsWith('-') || name.EndsWith('-'))
        {
            yield return "must not begin or end with a hyphen";
        }
    }

    private static IEnumerable<string> Check(string name, int longest, Regex pattern, string text)
    {
        if (name.Length > longest)
        {
            yield return $"must be no more than {longest} characters";
        }

        if (!pattern.IsMatch(name))
        {
            yield return text;
        }
    }

    private static IEnumerable<string> CheckPathSegment(string name)
    {
        if (name is "." or "..")
        {
            yield return $"may not be '{name}'";
        }

        foreach (char c in "/%")
        {
            if (name.Contains(c, StringComparison.Ordinal))
            {
                yield return $"may not contain '{c}'";
            }
        }
    }

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex Subdomain();

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex Label();

    [GeneratedRegex(@"^[a-z]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex Label1035();

    [GeneratedRegex(@"^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]\z")]
    private static partial Regex Qualified();

    [GeneratedRegex(@"^[-a-z0-9]+\z")]
    private static partial Regex PortName();
}
