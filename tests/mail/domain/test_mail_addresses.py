import pytest

from egzaminator.mail.domain.render import mailbox_in_ascii


@pytest.mark.parametrize(
    ("address", "mailbox"),
    [
        ("Anna.Lukasik+oke@Example.PL", "Anna.Lukasik+oke@Example.PL"),
        ("o'neil@example.pl", "o'neil@example.pl"),
        ("anna@localhost", "anna@localhost"),
        ("anna@żółw.pl", "anna@xn--w-uga1v8h.pl"),
    ],
)
def test_an_address_is_given_as_servers_take_it(address: str, mailbox: str) -> None:
    assert mailbox_in_ascii(address) == mailbox


@pytest.mark.parametrize(
    "address",
    [
        "żaneta@example.pl",
        '"anna łukasik"@example.pl',
        '"anna lukasik"@example.pl',
        "anna@",
        "@example.pl",
        "anna",
        "anna@example..pl",
        f"anna@{'ż' * 64}.pl",
        f"anna@{'a' * 250}.pl",
        "anna@example.pl>\r\nDATA",
        "anna@example.pl\n",
        "anna lukasik@example.pl",
        "anna@exam ple.pl",
        "anna\0@example.pl",
        "<anna@example.pl>",
    ],
)
def test_an_address_without_such_a_form_is_none(address: str) -> None:
    assert mailbox_in_ascii(address) is None
