using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using NodeAgent.Translator.Api.Decoding;

namespace NodeAgent.Translator.Api.Extensions;

internal static partial class AddressClaimDecoder
{
    private const int GroupDigits = 4;

    private static readonly TextRule Uid = new(1, 64, UidText(), "a metadata.uid: at most 64 letters, digits and '-'");

    private static readonly TextRule Address = new(2, 45, null, "an IPv4 or IPv6 address in its canonical form");

    public static AddressClaim Read(FieldReader document, ObjectMeta meta)
    {
        AddressClaim? claim = document.RequiredObject("spec", spec => Spec(spec, meta));
        if (claim is not null && document.Clean && NameOf(IPAddress.Parse(claim.Address)) is string name && name != meta.Name)
        {
            document.ReportAt("metadata.name", $"is {FieldReader.Quote(meta.Name)}", $"must be {name}: a claim is named after its address");
        }

        return claim ?? new AddressClaim(meta, "", "", "", "", "");
    }

    /// <summary>
    /// The name that every claim of <paramref name="address"/> has, so that only one can exist: IPv4 as it is
    /// written, IPv6 as eight groups of four digits joined by '-' (names have no colons).
    /// </summary>
    public static string NameOf(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            return address.ToString();
        }

        string digits = Convert.ToHexStringLower(address.GetAddressBytes());
        return string.Join('-', digits.Chunk(GroupDigits).Select(g => new string(g)));
    }

    private static AddressClaim Spec(FieldReader spec, ObjectMeta meta)
    {
        string address = spec.Text("address", Address);
        string pool = spec.Text("poolName", TextRules.ObjectName);
        if (address.Length > 0 && !(IpText.TryParse(address, out IPAddress? parsed) && parsed.ToString() == address))
        {
            spec.Report("address", $"is {FieldReader.Quote(address)}", $"must be {Address.Allowed}");
        }

        return spec.RequiredObject("gatewayRef", gateway => new AddressClaim(
            meta,
            address,
            pool,
            gateway.Text("namespace", TextRules.Namespace),
            gateway.Text("name", TextRules.ObjectName),
            gateway.Text("uid", Uid))) ?? new AddressClaim(meta, address, pool, "", "", "");
    }

    [GeneratedRegex(@"^[0-9a-zA-Z-]+\z")]
    private static partial Regex UidText();
}
