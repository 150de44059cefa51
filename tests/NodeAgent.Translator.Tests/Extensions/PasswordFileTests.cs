using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph.Extensions;

namespace NodeAgent.Translator.Tests.Extensions;

public class PasswordFileTests
{
    [Fact]
    public void Plain_passwords_are_hashed_with_a_salt_that_depends_on_what_they_belong_to()
    {
        BasicAuthUser user = Assert.Single(Read("s", ("username", "amy"), ("password", "pa:ss")));
        byte[] salt = Convert.FromBase64String(user.Salt);
        Assert.Equal((PasswordScheme.Sha256, "amy"), (user.Scheme, user.Name));
        Assert.Equal(Convert.ToBase64String(SHA256.HashData([.. salt, .. "pa:ss"u8])), user.Hash);
        Assert.Equal(user, Assert.Single(Read("s", ("auth", "amy:{PLAIN}pa:ss\n"))));
        Assert.NotEqual(user.Hash, Assert.Single(Read("other", ("username", "amy"), ("password", "pa:ss"))).Hash);
        Assert.NotEqual(user.Hash, Assert.Single(Read("s", ("username", "bob"), ("password", "pa:ss"))).Hash);
    }

    [Fact]
    public void Each_form_of_hash_is_read()
    {
        const string sha1 = "hvfkN/qlp/zhXR3cuerq6jd2Z7g=";
        string sha256 = Convert.ToBase64String(SHA256.HashData("a"u8));
        byte[] pbkdf2 = Rfc2898DeriveBytes.Pbkdf2("a", (byte[])[0xfb, 0xff], 1000, HashAlgorithmName.SHA256, 32);
        string encoded = Convert.ToBase64String(pbkdf2).TrimEnd('=').Replace('+', '.');
        ImmutableArray<BasicAuthUser> users = Read(
            "s", ("auth", $"# comment\r\n\r\nc:$pbkdf2-sha256$1000$./8$" + encoded + $"\r\nb:{{SHA256}}{sha256}\na:{{SHA}}{sha1}\na:{{PLAIN}}second"));
        Assert.Equal(
            [
                new BasicAuthUser("a", PasswordScheme.Sha1, 0, "", sha1),
                new BasicAuthUser("b", PasswordScheme.Sha256, 0, "", sha256),
                new BasicAuthUser("c", PasswordScheme.Pbkdf2Sha256, 1000, "+/8=", Convert.ToBase64String(pbkdf2)),
            ],
            users.AsEnumerable());
    }

    [Theory]
    [InlineData("amy")]
    [InlineData(":{PLAIN}a")]
    [InlineData("amy:plain")]
    [InlineData("amy:$apr1$abc$def")]
    [InlineData("amy:{SHA}dG9vIHNob3J0")]
    [InlineData("amy:{SHA256}***")]
    [InlineData("amy:$pbkdf2-sha256$0$./8$1t8iyB2A.WF/Z5JZv.lfCIhXXN33N23OSgQYThBYRfk")]
    [InlineData("amy:$pbkdf2-sha256$2000000$./8$1t8iyB2A.WF/Z5JZv.lfCIhXXN33N23OSgQYThBYRfk")]
    [InlineData("# nobody")]
    [InlineData("")]
    public void What_cannot_be_read_is_refused_without_showing_it(string file)
    {
        (ImmutableArray<BasicAuthUser> users, string? mistake) = PasswordFile.Read(Secret("s", ("auth", file)));
        Assert.Empty(users);
        Assert.NotNull(mistake);
        Assert.DoesNotContain("amy", mistake, StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_without_the_keys_is_refused() =>
        Assert.NotNull(PasswordFile.Read(Secret("s", ("username", "amy"))).Mistake);

    private static ImmutableArray<BasicAuthUser> Read(string name, params (string Key, string Value)[] data)
    {
        (ImmutableArray<BasicAuthUser> users, string? mistake) = PasswordFile.Read(Secret(name, data));
        Assert.Null(mistake);
        return users;
    }

    private static Secret Secret(string name, params (string Key, string Value)[] data) => new(
        new ObjectMeta("ns", name, 1, 0, ImmutableSortedDictionary<string, string>.Empty),
        "Opaque",
        data.ToImmutableSortedDictionary(d => d.Key, d => Encoding.UTF8.GetBytes(d.Value).ToImmutableArray()));
}
