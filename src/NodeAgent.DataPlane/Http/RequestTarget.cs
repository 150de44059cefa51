using System.Buffers;

namespace NodeAgent.DataPlane.Http;

/// <summary>
/// The target of a request line (RFC 9112, section 3.2), taken apart. Parts are slices of the text as it came, unless
/// the path had to be normalised.
/// </summary>
internal readonly struct RequestTarget
{
    /// <summary>Of a query only what could break a request line or start a fragment is refused.</summary>
    private static readonly SearchValues<char> QueryText = SearchValues.Create(
        "!\"$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    private readonly string? _text;
    private readonly string? _rewrittenPath;
    private readonly Range _authority;
    private readonly Range _path;
    private readonly int _queryStart;

    private RequestTarget(string text, Range authority, Range path, string? rewrittenPath, int queryStart, bool isHttps)
    {
        _text = text;
        _authority = authority;
        _path = path;
        _rewrittenPath = rewrittenPath;
        _queryStart = queryStart;
        IsHttps = isHttps;
    }

    /// <summary>Normalised; starts with a slash, or is <c>*</c>.</summary>
    public ReadOnlySpan<char> Path => _rewrittenPath is null ? Text.AsSpan(_path) : _rewrittenPath;

    /// <summary>Raw, without the question mark; empty when there is none.</summary>
    public ReadOnlySpan<char> Query => HasQuery ? Text.AsSpan(_queryStart) : [];

    /// <summary>Tells <c>/a?</c> from <c>/a</c>.</summary>
    public bool HasQuery => _queryStart > 0;

    /// <summary>Of the absolute form (<c>http://host:port/path</c>); empty in any other.</summary>
    public ReadOnlySpan<char> Authority => Text.AsSpan(_authority);

    /// <summary>Whether the absolute form says https.</summary>
    public bool IsHttps { get; }

    /// <summary>What an OPTIONS request asks when it means the server, not a resource.</summary>
    public bool IsAsterisk => Path is "*";

    /// <summary>Path and query as they go to a backend: the raw target itself when nothing had to be changed.</summary>
    public string PathAndQuery
    {
        get
        {
            if (_rewrittenPath is null && _authority.End.Value == 0)
            {
                return Text;
            }

            return HasQuery ? $"{Path}?{Query}" : Path.ToString();
        }
    }

    private string Text => _text ?? "";

    /// <returns>False when the target is refused: see <see cref="RequestPath"/>, and any form but origin and absolute,
    /// except <c>*</c> for OPTIONS.</returns>
    public static bool TryParse(string method, string rawTarget, out RequestTarget target)
    {
        target = default;
        if (rawTarget is "*")
        {
            target = new RequestTarget(rawTarget, default, .., null, 0, isHttps: false);
            return method is "OPTIONS";
        }

        Range authority = default;
        bool isHttps = false;
        int pathStart = 0;
        if (!rawTarget.StartsWith('/') && !TryFindAuthority(rawTarget, out authority, out pathStart, out isHttps))
        {
            return false;
        }

        int questionMark = rawTarget.IndexOf('?', pathStart);
        if (questionMark >= 0 && rawTarget.AsSpan(questionMark + 1).ContainsAnyExcept(QueryText))
        {
            return false;
        }

        Range path = pathStart..(questionMark < 0 ? rawTarget.Length : questionMark);
        ReadOnlySpan<char> text = rawTarget.AsSpan(path);
        string? rewritten = null;
        if (text.IsEmpty)
        {
            // Only the absolute form can leave the path out.
            rewritten = "/";
        }
        else if (!RequestPath.TryInspect(text, out bool isNormal))
        {
            return false;
        }
        else if (!isNormal)
        {
            rewritten = RequestPath.Rewrite(text);
        }

        target = new RequestTarget(rawTarget, authority, path, rewritten, questionMark + 1, isHttps);
        return true;
    }

    private static bool TryFindAuthority(string target, out Range authority, out int pathStart, out bool isHttps)
    {
        isHttps = target.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
        int start = isHttps ? "https://".Length : "http://".Length;
        int length = start <= target.Length ? target.AsSpan(start).IndexOfAny('/', '?') : -1;
        pathStart = length < 0 ? target.Length : start + length;
        authority = start..pathStart;
        return (isHttps || target.StartsWith("http://", StringComparison.OrdinalIgnoreCase)) && pathStart > start;
    }
}
