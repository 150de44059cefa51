using System.Collections.Immutable;

namespace NodeAgent.Controller.Tests;

public sealed class AddressBookTests
{
    private static ImmutableSortedDictionary<string, string> Given(params (string Gateway, string Address)[] entries) =>
        entries.ToImmutableSortedDictionary(e => e.Gateway, e => e.Address);

    private static AddressBook Load(TempFolder state)
    {
        AddressBook book = AddressBook.Load(state.Root, out string? warning);
        Assert.Null(warning);
        return book;
    }

    [Fact]
    public void What_was_given_is_there_after_a_restart_readable_for_its_owner_only()
    {
        using var state = new TempFolder();
        Assert.Null(Load(state).Remember(Given(("n/a", "127.0.0.1"), ("n/b", "::1"))));

        Assert.Equal(Given(("n/a", "127.0.0.1"), ("n/b", "::1")), Load(state).Remembered);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(state["addresses.json"]));
        Assert.Single(Directory.GetFiles(state.Root));
    }

    [Fact]
    public void The_file_is_written_only_when_something_changed()
    {
        using var state = new TempFolder();
        AddressBook book = Load(state);
        book.Remember(Given(("n/a", "127.0.0.1")));
        File.Delete(state["addresses.json"]);

        book.Remember(Given(("n/a", "127.0.0.1")));
        Assert.False(File.Exists(state["addresses.json"]));

        book.Remember(Given(("n/a", "127.0.0.2")));
        Assert.True(File.Exists(state["addresses.json"]));
    }

    [Fact]
    public void A_Gateway_that_is_gone_keeps_its_address_until_another_takes_it()
    {
        AddressBook book = AddressBook.Load(null, out _);
        book.Remember(Given(("n/a", "127.0.0.1"), ("n/b", "127.0.0.2")));

        book.Remember(Given(("n/c", "127.0.0.2")));

        Assert.Equal(Given(("n/a", "127.0.0.1"), ("n/c", "127.0.0.2")), book.Remembered);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"n/a\": 5}")]
    [InlineData("{\"n/a\": \"here\"}")]
    public void A_corrupt_file_is_one_warning_and_an_empty_book(string content)
    {
        using var state = new TempFolder();
        state.Write("addresses.json", content);

        AddressBook book = AddressBook.Load(state.Root, out string? warning);

        Assert.Empty(book.Remembered);
        Assert.Contains("addresses.json is ignored", warning, StringComparison.Ordinal);
        Assert.Null(book.Remember(Given(("n/a", "127.0.0.1"))));
        Assert.Single(Load(state).Remembered);
    }
}
