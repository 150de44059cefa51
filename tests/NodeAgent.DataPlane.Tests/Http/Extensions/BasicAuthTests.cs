using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using NodeAgent.DataPlane.Tests.Http.EndToEnd;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Tests.Http.Extensions;

public sealed class BasicAuthTests
{
    private static readonly byte[] Salt = [1, 2, 3, 4, 5, 6, 7, 8];

    /// <summary>Of the salt and "new": nobody should compute this hash any more.</summary>
    private static readonly byte[] Sha1OfSaltAndNew = Convert.FromHexString("707325525707800915131b7b06bf43fe754dac31");

    private static readonly ImmutableArray<BasicAuthUser> Users =
    [
        User("fast", PasswordScheme.Sha256, 0, SHA256.HashData([.. Salt, .. "pa:ss"u8])),
        User("slow", PasswordScheme.Pbkdf2Sha256, 5000, Rfc2898DeriveBytes.Pbkdf2("wörd", Salt, 5000, HashAlgorithmName.SHA256, 32)),
    ];

    [Fact]
    public async Task Users_with_their_passwords_pass_and_others_are_asked_for_them()
    {
        await using HttpRig rig = await StartAsync(Users);
        foreach ((string user, string password, int status) in new[]
        {
            ("fast", "pa:ss", 200), ("fast", "pass", 401), ("fast", "", 401), ("slow", "wörd", 200), ("slow", "wörd", 200),
            ("slow", "pa:ss", 401), ("nobody", "pa:ss", 401), ("", "", 401), ("Fast", "pa:ss", 401),
        })
        {
            Assert.Equal((user, password, status), (user, password, (await rig.GetAsync(headers: Credentials(user, password))).Status));
        }

        RawResponse asked = await rig.GetAsync();
        Assert.Equal((401, "Basic realm=\"the \\\"realm\\\"\", charset=\"UTF-8\""), (asked.Status, asked.Header("WWW-Authenticate")));
        Assert.All((await rig.StopAndReadLogAsync()).Where(e => e.Status == 401), e => Assert.Equal("unauthorized", e.Reason));
    }

    [Theory]
    [InlineData("Bearer abc")]
    [InlineData("Basic")]
    [InlineData("Basic ***")]
    [InlineData("Basic bm9jb2xvbg==")]
    public async Task What_are_no_credentials_is_refused(string field)
    {
        await using HttpRig rig = await StartAsync(Users);
        Assert.Equal(401, (await rig.GetAsync(headers: $"Authorization: {field}\r\n")).Status);
    }

    [Fact]
    public async Task Without_users_nobody_passes()
    {
        await using HttpRig rig = await StartAsync([]);
        Assert.Equal(401, (await rig.GetAsync(headers: Credentials("", ""))).Status);
    }

    [Fact]
    public async Task Many_slow_checks_at_once_all_end()
    {
        await using HttpRig rig = await StartAsync(Users);
        RawResponse[] answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(
            i => rig.GetAsync(headers: Credentials("slow", i % 2 == 0 ? "wörd" : $"{i}"))));
        Assert.Equal(15, answers.Count(a => a.Status == 200));
        Assert.Equal(15, answers.Count(a => a.Status == 401));
    }

    [Fact]
    public async Task A_changed_password_counts_at_once()
    {
        await using HttpRig rig = await StartAsync(Users);
        Assert.Equal(200, (await rig.GetAsync(headers: Credentials("slow", "wörd"))).Status);
        await rig.ApplyAsync(Setup([User("slow", PasswordScheme.Sha1, 0, Sha1OfSaltAndNew)]));
        Assert.Equal(401, (await rig.GetAsync(headers: Credentials("slow", "wörd"))).Status);
        Assert.Equal(200, (await rig.GetAsync(headers: Credentials("slow", "new"))).Status);
    }

    private static Task<HttpRig> StartAsync(ImmutableArray<BasicAuthUser> users) => HttpRig.StartAsync(Setup(users));

    private static GatewaySetup Setup(ImmutableArray<BasicAuthUser> users) => new GatewaySetup().Rule(
        new HttpFilters { Extensions = [new BasicAuthFilter("ns/auth", "the \"realm\"", users), new DirectResponseFilter("ns/ok", 200, [], "in")] },
        [],
        Routes.Prefix("/"));

    private static string Credentials(string user, string password) =>
        $"Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))}\r\n";

    private static BasicAuthUser User(string name, PasswordScheme scheme, int iterations, byte[] hash) =>
        new(name, scheme, iterations, Convert.ToBase64String(Salt), Convert.ToBase64String(hash));
}
