import pytest

from egzaminator.accounts.domain.email_checks import Doubt, suspect_email


@pytest.mark.parametrize(
    "email", ["anna@gmail.com", "anna.nowak@wp.pl", "a@sp1.poznan.pl", "anna@o2.pl", "anna@uni.lodz.pl", "lodzia@wp.pl"]
)
def test_most_addresses_raise_no_doubt(email: str) -> None:
    assert suspect_email(email) is None


@pytest.mark.parametrize(
    "email", ["sekretariat@sp1.pl", "szkola@wp.pl", "biuro@x.pl", "sp12@onet.pl", "Dyrektor.lo@x.pl"]
)
def test_a_mailbox_that_others_read(email: str) -> None:
    assert suspect_email(email) == Doubt()


@pytest.mark.parametrize(
    ("email", "suggestion"),
    [
        ("anna@gmial.com", "anna@gmail.com"),
        ("anna@gmail.co", "anna@gmail.com"),
        ("anna@interia.p", "anna@interia.pl"),
        ("szkola@gmial.com", "szkola@gmail.com"),
    ],
)
def test_a_likely_typing_error(email: str, suggestion: str) -> None:
    assert suspect_email(email) == Doubt(suggestion=suggestion)
