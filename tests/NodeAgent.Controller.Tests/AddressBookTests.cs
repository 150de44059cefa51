using System.Collections.Immutable;
using NodeAgent.Translator;

namespace NodeAgent.Controller.Tests;

public sealed class AddressBookTests
{
    private static ImmutableSortedDictionary<string, PoolAddresses> Given(params (string Gateway, string Addresses)[] entries) =>
        entries.ToImmutableSortedDictionary(e => e.Gateway, e => PoolAddresses.Of(e.Addresses.Split(' ')));

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
        Assert.Null(Load(state).Remember(Given(("n/a", "127.0.0.1"), ("n/b", "::1"), ("n/c", "127.0.0.2 fd00::2"))));

        Assert.Equal(Given(("n/a", "127.0.0.1"), ("n/b", "::1"), ("n/c", "127.0.0.2 fd00::2")), Load(state).Remembered);
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

    [Fact]
    public void Of_two_addresses_it_keeps_the_one_that_nobody_took()
    {
        AddressBook book = AddressBook.Load(null, out _);
        book.Remember(Given(("n/a", "127.0.0.1 fd00::1")));

        book.Remember(Given(("n/c", "127.0.0.1")));

        Assert.Equal(Given(("n/a", "fd00::1"), ("n/c", "127.0.0.1")), book.Remembered);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"n/a\": 5}")]
    [InlineData("{\"n/a\": \"here\"}")]
    [InlineData("{\"n/a\": []}")]
    [InlineData("{\"n/a\": [\"127.0.0.1\", \"127.0.0.2\"]}")]
    [InlineData("{\"n/a\": [\"127.0.0.1\", 5]}")]
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
