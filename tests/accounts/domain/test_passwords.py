import pytest
from django.test import Client

from egzaminator.accounts.domain.email_change import pending_email_change, request_email_change
from egzaminator.accounts.domain.links import issue_link
from egzaminator.accounts.domain.passwords import change_password, reset_password
from egzaminator.accounts.domain.reauthentication import BURST
from egzaminator.accounts.enums import LinkPurpose
from egzaminator.accounts.errors import LinkWithdrawnError, WrongPasswordError
from egzaminator.accounts.models import Account, KnownDevice, Session
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.login.domain.log_in import AccountOpened, log_in
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.domain.deliver import deliver_due
from egzaminator.mail.models import Email
from tests.helpers.concurrency import at_once
from tests.helpers.factories import PASSWORD, PESELS, make_account, make_examiner, make_staff
from tests.helpers.html import Response, fields_of, words_of
from tests.helpers.links import mailed_path
from tests.helpers.receiver import Receiver

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PATH = "/konto/zmiana-hasla/"
NEW = "zupelnie-nowe-haslo-2026"
ANNA = "anna@example.org"


def logged_in(name: str = PESELS[0]) -> Client:
    client = Client(enforce_csrf_checks=True, headers={"Sec-Fetch-Site": "same-origin"})
    client.post("/konto/logowanie/", {"name": name, "secret": PASSWORD})
    return client


@pytest.fixture
def account() -> Account:
    return make_account(make_examiner(numbers=("A-1",)))


@pytest.fixture
def examiner(account: Account) -> Client:
    return logged_in()


def change(client: Client, password: str = PASSWORD, new: str = NEW, repeated: str | None = None) -> Response:
    token = fields_of(client.get(PATH))["csrfmiddlewaretoken"]
    return client.post(
        PATH,
        {
            "csrfmiddlewaretoken": token,
            "password": password,
            "new_password": new,
            "repeated_password": new if repeated is None else repeated,
        },
    )


def test_is_closed_to_who_is_not_logged_in() -> None:
    assert Client().get(PATH)["Location"] == f"/konto/logowanie/?next={PATH}"


def test_this_session_goes_on_under_a_new_id_and_every_other_ends(account: Account, examiner: Client) -> None:
    other = logged_in()
    before = examiner.cookies["session"].value
    assert change(examiner)["Location"] == "/konto/"
    assert examiner.cookies["session"].value != before
    assert "Nowe hasło jest ustawione" in words_of(examiner.get("/konto/"))
    assert other.get("/konto/")["Location"] == "/konto/logowanie/?next=/konto/"
    stolen = Client()
    stolen.cookies["session"] = before
    assert stolen.get("/konto/")["Location"] == "/konto/logowanie/?next=/konto/"
    assert Session.objects.filter(account=account).count() == 1
    assert KnownDevice.objects.filter(account=account).count() == 1
    assert log_in(name=PESELS[0], secret=NEW, ip="192.0.2.1") == AccountOpened(account)


def test_the_owner_is_told_with_a_way_to_freeze_and_the_change_is_recorded(
    account: Account, examiner: Client, mailbox: Receiver, empty_queue: None
) -> None:
    change(examiner)
    path = mailed_path(EmailKind.PASSWORD_CHANGED, ANNA)
    deliver_due()
    (received,) = [one for one in mailbox.received if str(one.email["Subject"]).startswith("Twoje hasło")]
    assert (received.recipient, path in received.body("plain")) == (ANNA, True)
    event = Event.objects.get(tag=Tag.PASSWORD_CHANGED)
    assert (event.actor, event.subject, event.ip) == (account.id, account.id, "127.0.0.1")


def test_links_for_a_new_password_and_a_waiting_address_die(account: Account, examiner: Client) -> None:
    request_email_change(account=account, email="nowa@example.org", password=PASSWORD)
    url = issue_link(purpose=LinkPurpose.RESET, subject=account.id, email=ANNA, language="pl")
    assert "nowa@example.org" in words_of(examiner.get(PATH))
    change(examiner)
    assert pending_email_change(account=account) is None
    with pytest.raises(LinkWithdrawnError):
        reset_password(token=url.rstrip("/").rpartition("/")[2], password="jeszcze-inne-haslo-2026")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"password": ""}, "Wpisz obecne hasło"),
        ({"password": "wrong password here"}, "To nie jest twoje obecne hasło"),
        ({"new": ""}, "Wpisz nowe hasło"),
        ({"new": "krótkie"}, "Wpisz hasło o długości co najmniej 15 znaków"),
        ({"new": "Anna Łukasik 44051401359"}, "To hasło składa się z twoich danych"),
        ({"repeated": "something else entirely"}, "Hasła się różnią"),
        ({"new": PASSWORD}, "To jest twoje obecne hasło. Wymyśl inne"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_changes(
    account: Account, examiner: Client, typed: dict[str, str], says: str
) -> None:
    response = change(examiner, **typed)
    assert response.status_code == 200
    assert says in words_of(response)
    assert Account.objects.get().password == account.password
    assert Email.objects.count() == 0


def test_the_present_password_is_guessed_five_times_in_five_minutes(account: Account, examiner: Client) -> None:
    for _ in range(BURST.most):
        change(examiner, password="wrong password here")
    assert "Odczekaj pięć minut" in words_of(change(examiner))
    assert Account.objects.get().password == account.password
    assert Event.objects.filter(tag=Tag.IDENTITY_REFUSED, subject=account.id).count() == BURST.most


def test_staff_change_theirs() -> None:
    make_staff()
    staff = logged_in("jan@oke.example")
    assert change(staff)["Location"] == PATH
    assert "Nowe hasło jest ustawione" in words_of(staff.get(PATH))
    assert Email.objects.get().email == "jan@oke.example"


@pytest.mark.django_db(transaction=True)
def test_of_two_changes_at_once_one_wins() -> None:
    account = make_account(make_examiner())

    def set_to(password: str) -> Account:
        return change_password(account=Account.objects.get(), current=PASSWORD, password=password, keep="")

    results = at_once(lambda: set_to(NEW), lambda: set_to("jeszcze-inne-haslo-2026"))
    assert {type(result) for result in results} == {Account, WrongPasswordError}
    assert Email.objects.filter(kind=EmailKind.PASSWORD_CHANGED, related_id=account.id).count() == 1
