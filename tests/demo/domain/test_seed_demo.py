import pytest
from django.db.models import Count
from pytest_django.fixtures import Settings

from egzaminator.accounts.domain.password_matching import hash_password, match_password
from egzaminator.accounts.models import Account
from egzaminator.demo.announcement import announcement
from egzaminator.demo.domain.choose_logins import DemoLogin, choose_logins
from egzaminator.demo.domain.seed_demo import (
    EXAMINER_PASSWORD,
    SECOND_STAFF_EMAIL,
    STAFF_EMAIL,
    STAFF_PASSWORD,
    seed_demo,
)
from egzaminator.demo.errors import DemoError
from egzaminator.mailings.domain.reading import count_unread
from egzaminator.mailings.enums import MailingState
from egzaminator.mailings.models import Mailing
from egzaminator.register.domain.examiners import find_examiner
from egzaminator.register.enums import EntryState
from egzaminator.register.models import Entry, Examiner, Scope
from egzaminator.staff.domain.membership import roles_of
from egzaminator.staff.roles import Role
from tests.helpers.factories import make_claim, make_examiner

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def examiner_of(login: DemoLogin | None) -> Examiner:
    assert login is not None
    examiner = find_examiner(name=login.name)
    assert examiner is not None
    return examiner


def test_an_empty_database_becomes_a_board() -> None:
    seed_demo()

    assert Examiner.objects.count() == 200
    assert Examiner.objects.annotate(numbers=Count("entries")).filter(numbers__gt=1).count() > 40
    assert Entry.objects.filter(state=EntryState.STRUCK_OFF).exists()
    assert Examiner.objects.filter(pesel_index__isnull=True).exists()
    assert not Scope.objects.filter(name="").exists()
    assert [account.is_staff for account in Account.objects.order_by("examiner")] == [False, True, True]
    assert [roles_of(member) for member in Account.objects.filter(examiner=None)] == [list(Role)] * 2
    assert not Account.objects.filter(is_superuser=True).exists()


def test_its_examiner_has_an_unread_message_among_mixed_results_and_a_draft_waits() -> None:
    seed_demo()

    draft, sent = Mailing.objects.order_by("-created_at")
    assert (draft.state, sent.state) == (MailingState.DRAFT, MailingState.FINISHED)
    counts = dict(sent.recipients.values_list("state").annotate(Count("id")))
    assert (counts["refused"], counts["came-back"], counts["handed-over"] > 1, counts["no-email"] > 1) == (
        1,
        1,
        True,
        True,
    )
    reader = Account.objects.get(examiner__isnull=False).examiner
    assert reader is not None
    assert count_unread(examiner=reader) == 1


def test_a_second_start_changes_nothing() -> None:
    seed_demo()
    before = set(Examiner.objects.values_list("pk", "updated_at")), set(Account.objects.values_list("pk", "password"))

    seed_demo()

    assert (
        set(Examiner.objects.values_list("pk", "updated_at")),
        set(Account.objects.values_list("pk", "password")),
    ) == before


def test_a_database_that_no_demo_made_is_refused() -> None:
    make_examiner()

    with pytest.raises(DemoError, match="holds data that no demo made"):
        seed_demo()

    assert Examiner.objects.count() == 1


def test_every_login_is_ready_to_type() -> None:
    seed_demo()

    logins = choose_logins()

    for login, count in ((logins.one_number, 1), (logins.several_numbers, 2)):
        examiner = examiner_of(login)
        assert login is not None
        assert len(login.secrets) >= count
        assert set(login.secrets) == set(examiner.entries.values_list("number", flat=True))
        assert set(examiner.entries.values_list("state", flat=True)) == {EntryState.ACTIVE}
        assert not Account.objects.filter(examiner=examiner).exists()
    account = Account.objects.get(examiner=examiner_of(logins.account))
    assert account.examiner is not None
    assert match_password(password=EXAMINER_PASSWORD, hashes=[account.password]) == 0
    assert (
        account.password.split("$")[-2]
        == hash_password(password="x", salt=account.examiner.password_salt).split("$")[-2]
    )
    assert account.profile.surname == account.examiner.surname
    assert logins.staff == DemoLogin(STAFF_EMAIL, (STAFF_PASSWORD,))
    assert logins.second_staff == DemoLogin(SECOND_STAFF_EMAIL, (STAFF_PASSWORD,))


def test_who_has_used_a_login_gives_way_to_the_next() -> None:
    seed_demo()
    first = choose_logins()
    make_claim(examiner=examiner_of(first.one_number))
    Account.objects.create(examiner=examiner_of(first.several_numbers), email="a@poczta.example")
    Account.objects.filter(email=STAFF_EMAIL).update(password=hash_password(password="changed, as it should be"))

    second = choose_logins()

    assert examiner_of(second.one_number) != examiner_of(first.one_number)
    assert examiner_of(second.several_numbers) != examiner_of(first.several_numbers)
    assert second.staff is None
    assert "Administrator       used up or changed" in announcement(port=8000, logins=second, has_mailbox=True)


@pytest.mark.parametrize("name", ["BLIND_INDEX_KEY", "ENCRYPTION_KEYS"])
def test_other_keys_than_the_datas_are_noticed(name: str, settings: Settings) -> None:
    seed_demo()
    setattr(settings, name, {"BLIND_INDEX_KEY": bytes(32), "ENCRYPTION_KEYS": {"t2": bytes(32)}}[name])

    with pytest.raises(DemoError, match="were made with other keys"):
        choose_logins()


def test_the_announcement_says_where_everything_is() -> None:
    seed_demo()

    logins = choose_logins()
    text = announcement(port=8123, logins=logins, has_mailbox=True)

    assert "The site is at http://localhost:8123, the panel at http://localhost:8123/panel/\n" in text
    assert text.index("Administrator") < text.index("A second person") < text.index("First login")
    assert "http://localhost:8123/demo/poczta/\n" in text
    assert logins.account is not None
    assert f"PESEL {logins.account.name}   password {EXAMINER_PASSWORD}\n" in text
    assert "Ctrl-C" in text
    assert "goes to the server of EMAIL_URL" in announcement(port=8123, logins=logins, has_mailbox=False)
