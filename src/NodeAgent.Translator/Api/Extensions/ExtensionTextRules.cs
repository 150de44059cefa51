using System.Text.RegularExpressions;
using NodeAgent.Translator.Api.Decoding;

namespace NodeAgent.Translator.Api.Extensions;

/// <summary>What text fields of HTTPFilter, HTTPMatch and StaticFiles may hold, as their CRDs say it.</summary>
internal static partial class ExtensionTextRules
{
    public static readonly TextRule Cidr = new(2, 43, AddressAndLength(), "a CIDR such as 192.0.2.0/24, or an address");

    public static readonly TextRule Realm = new(1, 128, Printable(), "1 to 128 printable ASCII characters");

    public static readonly TextRule Body = new(0, 65_536, null, "text of at most 65536 characters");

    public static readonly TextRule ContentTypeRange =
        new(3, 127, LowerTypes(), "a lower-case content type such as application/json or text/*");

    public static readonly TextRule ContentType = new(3, 255, AnyType(), "a content type such as text/plain; charset=utf-8");

    public static readonly TextRule CookieValue = new(0, 4096, null, "text of at most 4096 characters");

    public static readonly TextRule AbsoluteFolder =
        new(1, 4096, CleanFolder(), "an absolute path without '.' and '..', such as /srv/www");

    public static readonly TextRule FilePath =
        new(1, 1024, CleanFile(), "a relative path without '.' and '..', such as css/site.css");

    public static readonly TextRule FileName = new(0, 255, OneName(), "the name of a file, or empty for none");

    public static readonly TextRule CacheControl = new(1, 256, Printable(), "1 to 256 printable ASCII characters");

    public static readonly TextRule Extension = new(2, 33, DotName(), "a dot with letters, digits, '-' and '_', such as .wasm");

    // The longest prefix is 128; which lengths fit which address is judged when it is parsed.
    [GeneratedRegex(@"^[0-9a-fA-F:.]+(/(12[0-8]|1[01][0-9]|[0-9]{1,2}))?\z")]
    private static partial Regex AddressAndLength();

    [GeneratedRegex(@"^[ -~]+\z")]
    private static partial Regex Printable();

    [GeneratedRegex(@"^[a-z0-9][a-z0-9!#$&^_.+-]*/(\*|[a-z0-9][a-z0-9!#$&^_.+-]*)\z")]
    private static partial Regex LowerTypes();

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*( ?; ?[ -~]+)?\z")]
    private static partial Regex AnyType();

    [GeneratedRegex(@"^(/([^/.][^/]*|\.[^/.][^/]*|\.\.[^/]+))+/?\z|^/\z")]
    private static partial Regex CleanFolder();

    [GeneratedRegex(@"^([^/.][^/]*|\.[^/.][^/]*|\.\.[^/]+)(/([^/.][^/]*|\.[^/.][^/]*|\.\.[^/]+))*\z")]
    private static partial Regex CleanFile();

    [GeneratedRegex(@"^([^/.][^/]*|\.[^/.][^/]*|\.\.[^/]+)?\z")]
    private static partial Regex OneName();

    [GeneratedRegex(@"^\.[A-Za-z0-9_-]+\z")]
    private static partial Regex DotName();
}
