using System.Globalization;
using System.Text.Json.Nodes;
using NodeAgent.Controller.Sources.Kubernetes;

namespace NodeAgent.Controller.Tests.Kubernetes;

/// <summary>The Lease on a server, and the roads to it, which may be slow or lose what travels.</summary>
internal sealed class SimulatedLeases(FakeTime time)
{
    private long _version;

    public JsonObject? Lease { get; private set; }

    public string Holder => Lease?["spec"]?["holderIdentity"]?.ToString() ?? "";

    public int Transitions => (int?)Lease?["spec"]?["leaseTransitions"] ?? 0;

    public int Writes { get; private set; }

    public ApiAnswer Get() => Lease is null
        ? new ApiAnswer(404, new JsonObject { ["kind"] = "Status" }, "NotFound", "leases not found")
        : new ApiAnswer(200, (JsonObject)Lease.DeepClone());

    public ApiAnswer Create(JsonObject body) => Lease is not null ? new ApiAnswer(409, null, "AlreadyExists", "there") : Store(body);

    public ApiAnswer Replace(JsonObject body) =>
        Lease is null || body["metadata"]!["resourceVersion"]?.ToString() != Lease["metadata"]!["resourceVersion"]!.ToString()
            ? new ApiAnswer(409, null, "Conflict", "modified")
            : Store(body);

    public Road NewRoad() => new(this, time);

    private ApiAnswer Store(JsonObject body)
    {
        Lease = (JsonObject)body.DeepClone();
        Lease["metadata"]!["resourceVersion"] = (++_version).ToString(CultureInfo.InvariantCulture);
        Writes++;
        return new ApiAnswer(200, (JsonObject)Lease.DeepClone());
    }

    /// <summary>What lies between one process and the server.</summary>
    internal sealed class Road(SimulatedLeases leases, FakeTime time) : IKubernetesApi
    {
        public TimeSpan ThereDelay { get; set; }

        public TimeSpan BackDelay { get; set; }

        /// <summary>Requests never arrive.</summary>
        public bool LosesRequests { get; set; }

        /// <summary>Requests arrive and are done, but their answers do not return.</summary>
        public bool LosesAnswers { get; set; }

        public bool ServerFails { get; set; }

        public Task<ApiAnswer> GetAsync(ApiResource resource, string? ns, string name, CancellationToken cancel) => TravelAsync(leases.Get, cancel);

        public Task<ApiAnswer> CreateAsync(ApiResource resource, string? ns, JsonObject body, CancellationToken cancel) =>
            TravelAsync(() => leases.Create(body), cancel);

        public Task<ApiAnswer> ReplaceAsync(ApiResource resource, string? ns, string name, string? subresource, JsonObject body, CancellationToken cancel) =>
            TravelAsync(() => leases.Replace(body), cancel);

        public Task<ApiAnswer> PatchAsync(
            ApiResource resource, string? ns, string name, string? subresource, PatchKind kind, JsonNode body, CancellationToken cancel) =>
            throw new NotSupportedException();

        public Task<ApiAnswer> DeleteAsync(ApiResource resource, string? ns, string name, string? uid, CancellationToken cancel) =>
            throw new NotSupportedException();

        private async Task<ApiAnswer> TravelAsync(Func<ApiAnswer> work, CancellationToken cancel)
        {
            if (LosesRequests)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, time, cancel);
            }

            // What is on its way arrives even if nobody waits for the answer any more.
            var done = new TaskCompletionSource<ApiAnswer>();
            bool fails = ServerFails;
            ITimer? arrival = null;
            arrival = time.CreateTimer(
                _ =>
                {
                    arrival?.Dispose();
                    done.TrySetResult(fails ? new ApiAnswer(500, null, "InternalError", "no etcd") : work());
                },
                null, ThereDelay, Timeout.InfiniteTimeSpan);
            ApiAnswer answer = await done.Task.WaitAsync(cancel);
            await Task.Delay(LosesAnswers ? Timeout.InfiniteTimeSpan : BackDelay, time, cancel);
            return answer;
        }
    }
}
