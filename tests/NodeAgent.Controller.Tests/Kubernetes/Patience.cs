namespace NodeAgent.Controller.Tests.Kubernetes;

/// <summary>How long a test waits for what must come.</summary>
internal static class Patience
{
    public static TimeSpan Time { get; } = TimeSpan.FromSeconds(30);

    public static Task<T> SoonAsync<T>(this Task<T> task) => task.WaitAsync(Time);

    public static Task SoonAsync(this Task task) => task.WaitAsync(Time);
}
