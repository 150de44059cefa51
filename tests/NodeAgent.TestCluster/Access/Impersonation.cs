using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using NodeAgent.TestCluster.Api;

namespace NodeAgent.TestCluster.Access;

/// <summary>Requests in the name of someone else (<c>kubectl --as</c>): the Impersonate headers.</summary>
internal static class Impersonation
{
    private const string ExtraPrefix = "Impersonate-Extra-";

    /// <param name="user">Who really asks.</param>
    /// <param name="demand">Throws when the one who asks may not do this.</param>
    /// <returns>In whose name the request is.</returns>
    /// <exception cref="ApiRefusal">400: groups and the like without a user.</exception>
    public static ApiUser Of(ApiUser user, IHeaderDictionary headers, Action<ApiRequest> demand)
    {
        string name = headers["Impersonate-User"].ToString();
        string uid = headers["Impersonate-Uid"].ToString();
        ImmutableArray<string> groups = [.. headers["Impersonate-Group"].Select(g => g ?? "")];
        ImmutableDictionary<string, ImmutableArray<string>> extra = headers
            .Where(h => h.Key.StartsWith(ExtraPrefix, StringComparison.OrdinalIgnoreCase))
            .ToImmutableDictionary(h => Uri.UnescapeDataString(h.Key[ExtraPrefix.Length..]).ToLowerInvariant(), h => h.Value.Select(v => v ?? "").ToImmutableArray());
        if (name.Length == 0)
        {
            return uid.Length == 0 && groups.IsEmpty && extra.IsEmpty ? user : throw Refusals.BadRequest("requested groups, a uid or extra fields without impersonating a user");
        }

        string[] account = name.Split(':');
        bool isAccount = account is ["system", "serviceaccount", _, _];
        ApiRequest Asked(string resource, string what, string group = "") =>
            new("impersonate", group, "", resource, "", isAccount && resource == "serviceaccounts" ? account[2] : "", what) { User = user };
        demand(isAccount ? Asked("serviceaccounts", account[3]) : Asked("users", name));
        foreach (string group in groups)
        {
            demand(Asked("groups", group));
        }

        if (uid.Length > 0)
        {
            demand(Asked("uids", uid, "authentication.k8s.io"));
        }

        foreach ((string key, ImmutableArray<string> values) in extra)
        {
            foreach (string value in values)
            {
                demand(Asked("userextras", value, "authentication.k8s.io") with { Subresource = key });
            }
        }

        return new ApiUser(name)
        {
            Uid = uid,
            Groups = groups.IsEmpty && isAccount ? ["system:serviceaccounts", $"system:serviceaccounts:{account[2]}"] : groups,
            Extra = extra,
        };
    }
}
