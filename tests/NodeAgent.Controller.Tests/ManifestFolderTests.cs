using System.Diagnostics;
using NodeAgent.Controller.Sources.Manifests;
using NodeAgent.Translator.Api;

namespace NodeAgent.Controller.Tests;

public sealed class ManifestFolderTests
{
    private static string Service(string name, int port = 80) => Manifest.Service(name, port);

    [Fact]
    public void A_folder_that_is_not_there_is_a_clear_error() =>
        Assert.Equal(
            "manifests folder /nowhere/at/all does not exist",
            Assert.Throws<DirectoryNotFoundException>(() => new ManifestFolder("/nowhere/at/all")).Message);

    [Fact]
    public async Task Files_that_come_change_move_and_go_are_followed()
    {
        using var folder = new FollowedFolder(("a.yaml", Service("a")));
        Assert.Equal(["a"], folder.Names);

        folder.Temp.Write("b.yml", Service("b"));
        await folder.UntilNamesAsync("a", "b");

        folder.Temp.Write("b.yml", Service("b", 81));
        await folder.UntilAsync(read => read.Objects.OfType<Service>().Any(s => s.Ports[0].Port == 81));

        folder.Temp.Write("c.tmp", Service("c"));
        File.Move(folder.Temp["c.tmp"], folder.Temp["a.yaml"], overwrite: true);
        await folder.UntilNamesAsync("b", "c");

        File.Move(folder.Temp["b.yml"], folder.Temp["z.json.bak"]);
        await folder.UntilNamesAsync("c");

        File.Delete(folder.Temp["a.yaml"]);
        await folder.UntilNamesAsync();
        Assert.Empty(folder.Last.Problems);
    }

    [Fact]
    public async Task Folders_that_come_and_go_are_followed()
    {
        using var folder = new FollowedFolder(("a.yaml", Service("a")));

        folder.Temp.Write("deep/er/b.yaml", Service("b"));
        await folder.UntilNamesAsync("a", "b");

        folder.Temp.Write("deep/er/c.yaml", Service("c"));
        await folder.UntilNamesAsync("a", "b", "c");

        Directory.Move(folder.Temp["deep"], folder.Temp[".hidden"]);
        await folder.UntilNamesAsync("a");

        Directory.Move(folder.Temp[".hidden"], folder.Temp["seen"]);
        await folder.UntilNamesAsync("a", "b", "c");
        folder.Temp.Write("seen/er/b.yaml", Service("d"));
        await folder.UntilNamesAsync("a", "c", "d");

        Directory.Delete(folder.Temp["seen"], recursive: true);
        await folder.UntilNamesAsync("a");
    }

    [Fact]
    public async Task A_file_that_is_still_being_written_is_not_read()
    {
        using var folder = new FollowedFolder(("a.yaml", Manifest.Documents(Service("a"), Service("b"))));
        string next = Manifest.Documents(Service("a", 81), Service("b", 81));
        int clean = next.IndexOf("---", StringComparison.Ordinal);
        using (var slow = new StreamWriter(folder.Temp["a.yaml"]))
        {
            slow.Write(next[..clean]);
            slow.Flush();
            folder.Temp.Write("other.yaml", Service("other"));
            await folder.UntilNamesAsync("a", "b", "other");
            slow.Write(next[clean..]);
        }

        await folder.UntilAsync(
            read => read.Objects.OfType<Service>().Count(s => s.Ports[0].Port == 81) == 2,
            always: read => read.Objects.Length == 3);
    }

    [Fact]
    public async Task A_torn_or_emptied_file_keeps_its_objects_until_it_is_mended_or_deleted()
    {
        string all = Manifest.Documents(Service("a"), Service("b"));
        using var folder = new FollowedFolder(("a.yaml", all), ("b.yaml", Service("c")));

        folder.Temp.Write("a.yaml", all[..(all.Length / 3)]);
        await folder.UntilAsync(read => !read.Problems.IsEmpty, always: read => read.Objects.Length == 3);

        folder.Temp.Write("a.yaml", "");
        await folder.UntilAsync(read => read.Problems.Any(p => p.Text.StartsWith("has no documents", StringComparison.Ordinal)), always: read => read.Objects.Length == 3);

        folder.Temp.Write("a.yaml", all);
        await folder.UntilAsync(read => read.Problems.IsEmpty, always: read => read.Objects.Length == 3);

        folder.Temp.Write("a.yaml", "");
        await folder.UntilAsync(read => !read.Problems.IsEmpty);
        File.Delete(folder.Temp["a.yaml"]);
        await folder.UntilNamesAsync("c");
        Assert.Empty(folder.Last.Problems);
    }

    [Fact]
    public async Task Of_two_files_with_one_object_the_first_by_path_wins()
    {
        using var folder = new FollowedFolder(("b.yaml", Service("a", 2)), ("c.yaml", Service("b")));

        folder.Temp.Write("a.yaml", "\n" + Service("a", 1));
        ManifestRead read = await folder.UntilAsync(read => !read.Problems.IsEmpty);
        Assert.Equal([1, 80], read.Objects.OfType<Service>().Select(s => s.Ports[0].Port));
        Assert.Equal(
            "b.yaml:1 Service default/a: is also in a.yaml:2, which is used; an object may stand in one file",
            Assert.Single(read.Problems).ToString());

        File.Delete(folder.Temp["a.yaml"]);
        read = await folder.UntilAsync(read => read.Problems.IsEmpty);
        Assert.Equal([2, 80], read.Objects.OfType<Service>().Select(s => s.Ports[0].Port));
    }

    [Fact]
    public void Nothing_new_is_the_same_read_and_unchanged_files_are_the_same_objects()
    {
        using var temp = new TempFolder();
        temp.Write("a.yaml", Service("a"));
        temp.Write("b.yaml", Service("b"));
        var folder = new ManifestFolder(temp.Root);
        ManifestRead first = folder.Read();

        temp.Write("b.yaml", Service("b"));
        Assert.Same(first, folder.Read());
        temp.Write("b.yaml", "# changed\n" + Service("b"));
        ManifestRead second = folder.Read();

        Assert.Same(first.Objects[0], second.Objects[0]);
        Assert.Same(first.Objects[1], second.Objects[1]);
    }

    [Fact]
    public async Task A_mounted_ConfigMap_changes_all_at_once()
    {
        using var folder = new FollowedFolder();
        folder.Temp.Write("..v1/a.yaml", Service("a"));
        folder.Temp.Write("..v2/a.yaml", Service("b"));
        Directory.CreateSymbolicLink(folder.Temp["..data"], "..v1");
        File.CreateSymbolicLink(folder.Temp["a.yaml"], "..data/a.yaml");
        await folder.UntilNamesAsync("a");

        Directory.CreateSymbolicLink(folder.Temp["..data_tmp"], "..v2");
        using (Process rename = Process.Start("mv", ["-T", folder.Temp["..data_tmp"], folder.Temp["..data"]]))
        {
            await rename.WaitForExitAsync();
            Assert.Equal(0, rename.ExitCode);
        }

        await folder.UntilNamesAsync("b");
    }

    [Fact]
    public async Task A_folder_that_vanishes_leaves_the_last_state_and_may_come_back()
    {
        using var folder = new FollowedFolder(("a.yaml", Service("a")));

        Directory.Move(folder.Temp.Root, folder.Temp.Root + "-away");
        ManifestRead read = await folder.UntilAsync(read => !read.Problems.IsEmpty);
        Assert.Equal(["a"], folder.Names);
        Assert.Contains("is gone, its last state keeps serving", Assert.Single(read.Problems).Text, StringComparison.Ordinal);

        Directory.Move(folder.Temp.Root + "-away", folder.Temp.Root);
        await folder.UntilAsync(read => read.Problems.IsEmpty);
        folder.Temp.Write("b.yaml", Service("b"));
        await folder.UntilNamesAsync("a", "b");
    }

    [Fact]
    public void A_file_that_is_too_large_is_refused_unread()
    {
        using var temp = new TempFolder();
        using (FileStream file = File.Create(temp["a.yaml"]))
        {
            file.SetLength(ManifestFile.MaxSize + 1);
        }

        Problem problem = Assert.Single(new ManifestFolder(temp.Root).Read().Problems);

        Assert.Equal("a.yaml: has 16777217 bytes, at most 16777216 are allowed", problem.ToString());
    }

    [Fact]
    public void Other_files_and_hidden_ones_are_left_alone()
    {
        using var temp = new TempFolder();
        temp.Write("readme.md", "{");
        temp.Write(".a.yaml.swp.yaml", "{");
        temp.Write(".git/a.yaml", "{");
        temp.Write("A.YAML", Service("a"));

        ManifestRead read = new ManifestFolder(temp.Root).Read();

        Assert.Empty(read.Problems);
        Assert.Single(read.Objects);
    }
}
