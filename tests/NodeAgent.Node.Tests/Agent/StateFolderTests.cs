using System.Globalization;
using NodeAgent.Agent;

namespace NodeAgent.Node.Tests.Agent;

public sealed class StateFolderTests : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("nodeagent-state-").FullName;

    public void Dispose() => Directory.Delete(_path, recursive: true);

    [Fact]
    public void A_folder_that_is_held_is_refused_by_one_line_with_the_pid_of_its_holder()
    {
        using StateFolder? held = StateFolder.TryOpen(_path, out _);
        Assert.NotNull(held);

        Assert.Null(StateFolder.TryOpen(_path, out string? error));

        Assert.Contains($"pid {Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}", error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error!);
    }

    [Fact]
    public void A_folder_that_was_let_go_of_is_free_again()
    {
        StateFolder.TryOpen(_path, out _)!.Dispose();

        using StateFolder? again = StateFolder.TryOpen(_path, out string? error);

        Assert.Null(error);
        Assert.Equal(_path, again!.Path);
    }

    [Fact]
    public void A_missing_folder_is_made()
    {
        using StateFolder? made = StateFolder.TryOpen(Path.Combine(_path, "a", "b"), out _);

        Assert.NotNull(made);
        Assert.True(Directory.Exists(Path.Combine(_path, "a", "b")));
    }

    [Fact]
    public void A_path_that_cannot_be_a_folder_is_refused_by_one_line()
    {
        string file = Path.Combine(_path, "file");
        File.WriteAllText(file, "");

        Assert.Null(StateFolder.TryOpen(Path.Combine(file, "below"), out string? error));

        Assert.Contains("--state-dir", error, StringComparison.Ordinal);
    }
}
