using System.Collections.Immutable;
using System.Text;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Tests.Certificates;

/// <summary>Certificates and keys made once, only for tests, valid for a hundred years.</summary>
internal static class TestPem
{
    /// <summary>example.com and *.example.com, self-signed, P-256.</summary>
    public const string ExampleCertificate = """
        -----BEGIN CERTIFICATE-----
        MIIBoTCCAUigAwIBAgIUQ1ft83OgS7RwDXY6/5aoZ/rBAf4wCgYIKoZIzj0EAwIw
        EjEQMA4GA1UEAwwHZXhhbXBsZTAgFw0yNjExMjIwMzMzNTNaGA8yMTI2MTAyOTAz
        MzM1M1owEjEQMA4GA1UEAwwHZXhhbXBsZTBZMBMGByqGSM49AgEGCCqGSM49AwEH
        A0IABLQr31W724VqKRwYxEixCeR3gI12SXI76jm33bTr41U1VKT/H8L99zr5uWQH
        99GhJFVQlRIFNM/0I6xo/DbH+9qjejB4MB0GA1UdDgQWBBR8THBUNV5Ui19jvABd
        EiWZJ/30uDAfBgNVHSMEGDAWgBR8THBUNV5Ui19jvABdEiWZJ/30uDAPBgNVHRMB
        Af8EBTADAQH/MCUGA1UdEQQeMByCC2V4YW1wbGUuY29tgg0qLmV4YW1wbGUuY29t
        MAoGCCqGSM49BAMCA0cAMEQCIChDK28U+2gAtV7fqvmHJbRHgGltwyV2yi5w3S3v
        wNVJAiB5LcxCNK2azZkz6ommMf9RHRAwRrQ6atY9+RjEMxHuEQ==
        -----END CERTIFICATE-----
        """;

    /// <summary>PKCS#8.</summary>
    public const string ExampleKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgkYmYg5Ak2Kq6rCvZ
        WZH3GRvSJrXKBxaX2TDvdJ+aFSuhRANCAAS0K99Vu9uFaikcGMRIsQnkd4CNdkly
        O+o5t9206+NVNVSk/x/C/fc6+blkB/fRoSRVUJUSBTTP9COsaPw2x/va
        -----END PRIVATE KEY-----
        """;

    /// <summary>The same key as an EC PRIVATE KEY.</summary>
    public const string ExampleKeySec1 = """
        -----BEGIN EC PRIVATE KEY-----
        MHcCAQEEIJGJmIOQJNiquqwr2VmR9xkb0ia1ygcWl9kw73SfmhUroAoGCCqGSM49
        AwEHoUQDQgAEtCvfVbvbhWopHBjESLEJ5HeAjXZJcjvqObfdtOvjVTVUpP8fwv33
        Ovm5ZAf30aEkVVCVEgU0z/QjrGj8Nsf72g==
        -----END EC PRIVATE KEY-----
        """;

    /// <summary>The same key under a password.</summary>
    public const string ExampleKeyEncrypted = """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAiEUmemD3uITQICCAAw
        DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEJKxr5g+Ti763OPxyXie64sEgZBt
        RF102Ypw7SzuGBa6hfFYU50Hm12Ov3CUxDuciWOo6OBHBxdJfwZVd33VgCxoHN34
        FQGUbyKSYBPwS3ba2m2+k2Ors7xDuE1kEcxBuqGVVFsZ/ewN0aXUUvwIeZs7pd31
        6yQuSfXP5OdniV4AYLp9YcCFdmUJoxRVThAC1Zzui31wT49/WHlaAQIUpgoKQUs=
        -----END ENCRYPTED PRIVATE KEY-----
        """;

    /// <summary>other.org, beside it a URI and an IP address.</summary>
    public const string OtherCertificate = """
        -----BEGIN CERTIFICATE-----
        MIIBqzCCAVGgAwIBAgIUZ1byC/vFwdk6Wxq8XOlt0UZ4If4wCgYIKoZIzj0EAwIw
        EDEOMAwGA1UEAwwFb3RoZXIwIBcNMjYxMTIyMDMzMzUzWhgPMjEyNjEwMjkwMzMz
        NTNaMBAxDjAMBgNVBAMMBW90aGVyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
        sC2xo40u1Ti/lq7XwLyUxjZAlTgqDn0qOEVZPKp3R/H50nnXSL/JQkQt9HPGVYcN
        2aCs3nUTaniNCPR4GYPeUqOBhjCBgzAdBgNVHQ4EFgQUO4q21FbvHPbkzJAr2U8M
        rxyg9W8wHwYDVR0jBBgwFoAUO4q21FbvHPbkzJAr2U8Mrxyg9W8wDwYDVR0TAQH/
        BAUwAwEB/zAwBgNVHREEKTAngglvdGhlci5vcmeGFHNwaWZmZTovL290aGVyLm9y
        Zy9hhwQKAAABMAoGCCqGSM49BAMCA0gAMEUCIQCDvFdbcebPyWhDY7PGbN2+tK3I
        vKYJtDOgI0DiDsUvqwIgAfu2D9Bb5aIdbvSbMOa16v45g4qYHi3BZBmaps71LCY=
        -----END CERTIFICATE-----
        """;

    public const string OtherKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgUjuGl/40MGDuNT0W
        bjq0QELcUocSDxRdaMmhZpKdINKhRANCAASwLbGjjS7VOL+WrtfAvJTGNkCVOCoO
        fSo4RVk8qndH8fnSeddIv8lCRC30c8ZVhw3ZoKzedRNqeI0I9HgZg95S
        -----END PRIVATE KEY-----
        """;

    /// <summary>RSA.Example.com.</summary>
    public const string RsaCertificate = """
        -----BEGIN CERTIFICATE-----
        MIIDGzCCAgOgAwIBAgIUIivO00sieT/AZh+rzhOE1lONbL4wDQYJKoZIhvcNAQEL
        BQAwDjEMMAoGA1UEAwwDcnNhMCAXDTI2MTEyMjAzMzM1M1oYDzIxMjYxMDI5MDMz
        MzUzWjAOMQwwCgYDVQQDDANyc2EwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEK
        AoIBAQC6nRUFgHweW05qFdVhiKXhF+KyCHZZa60XNBsJfoTVzXOQui9MDGPwkvU1
        DmYapfR1+DcXLS5zlE93xUBFUs63JeViN3WiPlkJT38jGIM7W88uuf/2053kQ+Zu
        yPsWiM6LTeZSUqsSmwWxKn0tAy902ZwZuenutLv2+TBJ0ewAI3Qf7h8kZdB1Rn42
        RSu/2bdgKi3i4WuAH1F7hHIzQdrcvDJxYdNjKFjtpCagtaN4+y98fDbl0E/fVOUF
        WfzA18C4XA/64NtYdyf5lF/vdcApZqpu5yxtZy1R2clRNCqw7/Vm6kKYXuVowhVZ
        5YXxOHZ7iVLboVz2TKpNBHyF2WbRAgMBAAGjbzBtMB0GA1UdDgQWBBQP0DzWE+FZ
        XXqCkwwBCRFC72KihzAfBgNVHSMEGDAWgBQP0DzWE+FZXXqCkwwBCRFC72KihzAP
        BgNVHRMBAf8EBTADAQH/MBoGA1UdEQQTMBGCD1JTQS5FeGFtcGxlLmNvbTANBgkq
        hkiG9w0BAQsFAAOCAQEAhrVjIzFnUUr3EYXSroIEDJ/n7UsUPoFv9VFvV5uF57cO
        t4EeSoJXH8WXN7zssdANIKtcAjlVIPicivrVRvDCpAxkBM7j+FUHKjysIUpXW3n1
        /JUNhE24f5o95nSYl8v9nTWpeBe9G8qA//NRqFRWCC/cADVMyLEZamrMmZrzyq4f
        QDwvcTdETtB5ZZXJSslBjw+aYbAk0lvcpFm7OGmmaIWXUq+/42sTmkcrUBR/F0wE
        OBZIHg2GNuHgtkjVtbNb0FZMUWmgDvz3jcEIEEQPNzxBz25aF8KhsiJ82XrAku0N
        2uOqks//K4ri2sbSlFSJH53dRiB4HeA9A4cOqjxNuw==
        -----END CERTIFICATE-----
        """;

    public const string RsaKey = """
        -----BEGIN PRIVATE KEY-----
        MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC6nRUFgHweW05q
        FdVhiKXhF+KyCHZZa60XNBsJfoTVzXOQui9MDGPwkvU1DmYapfR1+DcXLS5zlE93
        xUBFUs63JeViN3WiPlkJT38jGIM7W88uuf/2053kQ+ZuyPsWiM6LTeZSUqsSmwWx
        Kn0tAy902ZwZuenutLv2+TBJ0ewAI3Qf7h8kZdB1Rn42RSu/2bdgKi3i4WuAH1F7
        hHIzQdrcvDJxYdNjKFjtpCagtaN4+y98fDbl0E/fVOUFWfzA18C4XA/64NtYdyf5
        lF/vdcApZqpu5yxtZy1R2clRNCqw7/Vm6kKYXuVowhVZ5YXxOHZ7iVLboVz2TKpN
        BHyF2WbRAgMBAAECggEAGKBPHF1Cw9zHwc8kzAy02zoEM/tS5uUDQAsjwEJ+dBp7
        NC+luzLtY1t5WWmPhte8pW6+kmPne+AoBoW0wBE370pkdWwdLW5t4IEppW+ALe6l
        LiTkhuWRMgTV3WvPWr9uBkse6GE5ayii/Si+wRhpBFINPAXhPZuDLIng2fUGYFQT
        uFKxHFEJvaTVV4VQkRiuAXNcmy6CfouflZ4m5jFTyCz+t+5E4Q0NygxvYn/TeVhi
        vHEQ+4Vo1hKdkPH9XVeEtUCeecw2ITWwaHtTOdFvYLUJxfSNeKns/OomDChjvXta
        dItlFmgK2cEhoG/976yOwyrbOWmP91uJYP/Ql5UY8wKBgQDbhXYYQw0b5QN88F6F
        7708JlVoTjZHVfUj55C2G04S5s3tCvKH6y8XqeTItivOGqO9LaUP6y1Z4nLmw0mT
        nlfgJK1BfLfYeNoZ/A08HmlS7gbCo9lEkfocSVgpO8SDmSxANUK3ViSa4oGXtKEF
        KMLj1j1h/6u4FLSWc5GmCpSebwKBgQDZn7Xz/rDl+edcumdoRq8AN5XeeTXrBPBK
        V62vRC77nQwJm/uA1DIuc1LeQEjrm7Uk/x4IbcGScRxRH3We1cdJeRtQuQPovRM3
        ZXpcc/M+41wpW8a/jLTfdQSMq+mFYbQrXLpG9h72VPAhAj1BMjyjXQI5V8joD9wM
        UKTjuxTuvwKBgQCVoeNdplbJLNGz2CSWJ1RWK8sLzkQxW+Y9ExsRBouxVqIHce7f
        tu/isWvBZGt3kbEKwpJAx42iNzkbEwKUHNrJbjaq7NhkNfx0udpLoG8qmBUDl6wB
        kX9qyJPPh23sRfxjx+oyDgXljX/IaNdZLO+rXd15b00drP9rjls5Uvz7AQKBgGN/
        ziU8sYy0cb/Hyje2+ZRT1cXeDXTi0SpsZBDaT9DiwPozww3n9vmd6KmNIsn2ax/7
        NLQN2o8mABhnFdQFUhSZto91x//FUt/lGcjjireaJC0UtQ4nOxtf2TCn+SDuxv18
        a/690PI3a4LsDy2b1nWqtLWbGVRgy+8lf/5PLwbpAoGAApuvD18Y3yj17NuAKsnq
        MG8iyYO2SdekdDrmtppjBraTzRotjSnKWopfCZb89KahAEV70LT5C4cuX99meZ/e
        1hoYUwHGkqaN7siBJ8KF5tsgqOSmiMIaM6bQy4v1PhIsOQcYAnegE4pmuAbMysut
        AT0O345YKn+zUxeQRxGJ1XQ=
        -----END PRIVATE KEY-----
        """;

    /// <summary>A kind of key that .NET does not read.</summary>
    public const string Ed25519Certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBMDCB46ADAgECAhQF5Co5oFUSE5AMqqU20vPFnt+g6DAFBgMrZXAwDTELMAkG
        A1UEAwwCZWQwIBcNMjYxMTIyMDMzMzUzWhgPMjEyNjEwMjkwMzMzNTNaMA0xCzAJ
        BgNVBAMMAmVkMCowBQYDK2VwAyEAq4TdzMm7K5gLhn/pLvrtUwn4Eh2Mg8T+Ges1
        ZhkxIEyjUzBRMB0GA1UdDgQWBBSI19tnBjvaLXOOxLgCaCrkJ5OfLTAfBgNVHSME
        GDAWgBSI19tnBjvaLXOOxLgCaCrkJ5OfLTAPBgNVHRMBAf8EBTADAQH/MAUGAytl
        cANBAI+LLeG6oWRdcH2qFlzDntyOnPniHdnTUsfBVxYOlm7RkN5zI25k6D5aZTmW
        b4Kk+sVHJ/ymUqeFfI8JV087PQs=
        -----END CERTIFICATE-----
        """;

    public const string Ed25519Key = """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VwBCIEIPhXbwt53nEPa18YZwyG10kANzwtmp711rasB2K+u9X1
        -----END PRIVATE KEY-----
        """;

    /// <summary>An authority without names.</summary>
    public const string Authority = """
        -----BEGIN CERTIFICATE-----
        MIIBezCCASGgAwIBAgIUKqNKm7RzLYZV2/o5ZAyod3Ba/KUwCgYIKoZIzj0EAwIw
        EjEQMA4GA1UEAwwHY2xpZW50czAgFw0yNjExMjIwMzMzNTNaGA8yMTI2MTAyOTAz
        MzM1M1owEjEQMA4GA1UEAwwHY2xpZW50czBZMBMGByqGSM49AgEGCCqGSM49AwEH
        A0IABM5r+MpmHAYA/uewcdpaXqVvqPagE4DBTY3TdAeBbVNxkuMDPuSrjI3CnPmB
        zj8I4C3mdJQ9mR0NcLn8+Zp8ovCjUzBRMB0GA1UdDgQWBBRm9g7QmzFRxijzeWis
        IxkUzHbYTjAfBgNVHSMEGDAWgBRm9g7QmzFRxijzeWisIxkUzHbYTjAPBgNVHRMB
        Af8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIF+HLUuQFy9eHt5uOx+nJ5GBi6TU
        2XY1fyvUGkSc6JD1AiEAyUknCXuvqHmF+w3/24+MLXMl2frR47q9wMOVGZXwU/g=
        -----END CERTIFICATE-----
        """;

    public static Secret Secret(string ns, string name, string certificate, string key) => new(
        Make.Meta(ns, name),
        "kubernetes.io/tls",
        ImmutableSortedDictionary<string, ImmutableArray<byte>>.Empty.Add("tls.crt", Bytes(certificate)).Add("tls.key", Bytes(key)));

    public static ConfigMap Authorities(string ns, string name, string text) => new(
        Make.Meta(ns, name),
        ImmutableSortedDictionary<string, string>.Empty.Add("ca.crt", text),
        ImmutableSortedDictionary<string, ImmutableArray<byte>>.Empty);

    private static ImmutableArray<byte> Bytes(string text) => [.. Encoding.UTF8.GetBytes(text)];
}
