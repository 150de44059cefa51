namespace NodeAgent.Translator;

/// <summary>Whose status it is, in the order in which statuses are listed.</summary>
internal readonly record struct StatusKey(string Kind, string Namespace, string Name, string ApiVersion) : IComparable<StatusKey>
{
    public static StatusKey Of(ObjectStatus status) => new(status.Kind, status.Namespace, status.Name, status.ApiVersion);

    public int CompareTo(StatusKey other)
    {
        int order = string.CompareOrdinal(Kind, other.Kind);
        order = order != 0 ? order : string.CompareOrdinal(Namespace, other.Namespace);
        order = order != 0 ? order : string.CompareOrdinal(Name, other.Name);
        return order != 0 ? order : string.CompareOrdinal(ApiVersion, other.ApiVersion);
    }
}
