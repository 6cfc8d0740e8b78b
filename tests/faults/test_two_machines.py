"""Two machines, each with a web server and a worker, share one PostgreSQL and their keys, and nothing else."""

import io
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone
from PIL import Image as Pillow
from wagtail.images.models import Image

from egzaminator.accounts.models import Account, Session
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.cms.models import BoardSettings
from egzaminator.core.form_marks import MARK_FIELD
from egzaminator.mail.enums import DeliveryState, Priority
from egzaminator.mail.models import Email
from egzaminator.onboarding.models import Claim
from egzaminator.runtime.jobs import start_job
from tests.faults.machines import Machine, Page, Visitor, images_in, machines
from tests.faults.workers import wait_for
from tests.helpers.factories import DETAILS, PASSWORD, PESELS, make_account, make_examiner, make_staff
from tests.helpers.html import fields_of, marks_of, words_of
from tests.helpers.mail import queue
from tests.helpers.public_site import make_home_page
from tests.helpers.receiver import Receiver

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("empty_queue")]
LOGIN = "/konto/logowanie/"
FORM = "/konto/zakladanie/"
CONTACT = "/panel/ustawienia/kontakt/"
PICTURES = "/panel/strony/images/add/"
PHONE = "61 854 01 77"
FILLED = {name: str(value) for name, value in DETAILS.items() if value is not False} | {
    "email": "anna@example.org",
    "new_password": PASSWORD,
    "repeated_password": PASSWORD,
    "phone": "61 854 01 60",
}


def is_all_delivered() -> bool:
    return not Email.objects.exclude(state=DeliveryState.ACCEPTED).exists()


def hidden(page: Page) -> dict[str, str]:
    """Return what a page's form sends beside what a person types."""
    token = {"csrfmiddlewaretoken": fields_of(page)["csrfmiddlewaretoken"]}
    mark = marks_of(page).get("")
    return token | ({MARK_FIELD: mark} if mark else {})


@pytest.fixture
def pair(mailbox: Receiver, tmp_path: Path) -> Iterator[list[Machine]]:
    with machines(tmp_path, 2, mail_port=mailbox.port) as made:
        yield made


@contextmanager
def jobs_noted() -> Iterator[list[tuple[str, str]]]:
    """Note each periodic job that is deferred during the block: its task, and the moment that it stands for."""
    noted: list[tuple[str, str]] = []
    with connection.cursor() as cursor:
        cursor.execute(_NOTE)
        try:
            yield noted
            cursor.execute("SELECT task, moment FROM noted_job")
            noted += cursor.fetchall()
        finally:
            cursor.execute("DROP TABLE noted_job CASCADE")
            cursor.execute("DROP FUNCTION note_job CASCADE")


_NOTE = """
CREATE TABLE noted_job (task text, moment text);
CREATE FUNCTION note_job() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.args ? 'timestamp' THEN
        INSERT INTO noted_job VALUES (NEW.task_name, NEW.args ->> 'timestamp');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER note_job AFTER INSERT ON procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION note_job();
"""


@pytest.fixture
def sites(pair: list[Machine], tmp_path: Path) -> list[Machine]:
    """Both with a web server, and with one folder for what staff upload."""
    shared = tmp_path / "shared"
    shared.mkdir()
    for machine in pair:
        (machine.folder / "media").symlink_to(shared)
    make_home_page()
    make_staff()
    for machine in pair:
        machine.serve()
    return pair


def test_what_happens_on_one_machine_is_known_on_the_other(sites: list[Machine], mailbox: Receiver) -> None:
    one, other = sites
    make_examiner(numbers=("A-1",))
    make_account(make_examiner(pesel=PESELS[1], numbers=("B-1",)), email="ewa@example.org")
    _first_login(one, other, mailbox)
    _session(one, other)
    _wrong_passwords(one, other)
    jan = Visitor()
    assert jan.post(one, LOGIN, {"name": "jan@oke.example", "secret": PASSWORD}).location == "/panel/"
    _public_page(jan, one, other)
    _picture(jan, one, other)

    one.kill()
    assert jan.get(other, "/panel/").status == 200


def _first_login(one: Machine, other: Machine, mailbox: Receiver) -> None:
    """Each step is taken on the other machine than the one before."""
    anna = Visitor()
    assert anna.post(one, LOGIN, {"name": PESELS[0], "secret": "A-1"}).location == FORM
    form = hidden(anna.get(other, FORM))
    assert anna.post(one, FORM, FILLED | form).location == "/konto/aktywacja/"
    assert Claim.objects.get().email == "anna@example.org"
    assert "anna@example.org" in words_of(anna.get(other, "/konto/aktywacja/"))
    other.start("worker")
    wait_for(lambda: "anna@example.org" in mailbox.recipients)
    (text,) = [email.body("plain") for email in mailbox.received if email.recipient == "anna@example.org"]
    (path,) = re.findall(r"http://localhost:8000(/a/[\w-]{22}/)", text)
    form = hidden(anna.get(other, path))
    assert anna.post(one, path, form).location == "/konto/"
    assert "Twoje konto jest aktywne." in words_of(anna.get(other, "/konto/"))
    assert Account.objects.filter(email="anna@example.org").count() == 1


def _session(one: Machine, other: Machine) -> None:
    ewa = Visitor()
    assert ewa.post(one, LOGIN, {"name": PESELS[1], "secret": PASSWORD}).location == "/konto/"
    account = ewa.get(other, "/konto/")
    assert account.status == 200
    ewa.post(other, "/konto/wyloguj/", hidden(account))
    assert not Session.objects.filter(account__email="ewa@example.org").exists()
    assert ewa.get(one, "/konto/").status == 302


def _wrong_passwords(one: Machine, other: Machine) -> None:
    """Five in a minute are tried, wherever they were sent to."""
    stranger = Visitor(ip="203.0.113.9")
    for machine in (one, other, one, other, one, other):
        stranger.post(machine, LOGIN, {"name": PESELS[1], "secret": "wrong password"})
    refusals = Event.objects.filter(tag=Tag.LOGIN_REFUSED).values_list("details__reason", flat=True)
    assert Counter(refusals) == {"wrong-password": 5, "throttled": 1}


def _public_page(jan: Visitor, one: Machine, other: Machine) -> None:
    """The other machine has the page in the memory of its processes."""
    assert PHONE not in words_of(Visitor().get(other, "/"))
    page = jan.get(one, CONTACT)
    assert jan.post(one, CONTACT, fields_of(page) | hidden(page) | {"phone": PHONE}).location == CONTACT
    wait_for(lambda: PHONE in words_of(Visitor().get(other, "/")))


def _picture(jan: Visitor, one: Machine, other: Machine) -> None:
    page = jan.get(one, PICTURES)
    picture = io.BytesIO()
    Pillow.new("RGB", (300, 300), "navy").save(picture, "PNG")
    fields = hidden(page) | {"title": "Znak", "collection": "1"}
    assert jan.post(one, PICTURES, fields, ("file", picture.getvalue())).status == 302
    board = BoardSettings.base_queryset().get()
    board.emblem = Image.objects.get()
    board.save()
    wait_for(lambda: bool(images_in(Visitor().get(one, "/"))))  # it makes what the page shows
    (path,) = images_in(Visitor().get(one, "/"))
    assert Visitor().get(other, path).content == Visitor().get(one, path).content

    (other.folder / "media").unlink()  # without the shared folder
    assert (Visitor().get(one, path).status, Visitor().get(other, path).status) == (200, 404)


def test_two_workers_lose_nothing_and_double_nothing_while_one_is_killed(
    pair: list[Machine], mailbox: Receiver
) -> None:
    one, other = pair
    first = [queue(f"{number}@example.pl") for number in range(5)]
    held = mailbox.hold("2@example.pl")
    with jobs_noted() as noted:
        one.start("worker")
        mailbox.wait_until_silent()  # in the middle of what it has taken
        other.start("worker")
        second = [queue(f"{number}@example.pl", priority=Priority.BULK) for number in range(5, 45)]
        waiting = Email.objects.filter(pk__in=[email.pk for email in second]).exclude(state=DeliveryState.ACCEPTED)
        wait_for(lambda: not waiting.exists())  # one machine that hangs holds up nobody
        one.kill()
        held.set()
        Email.objects.filter(state=DeliveryState.SENDING).update(leased_until=timezone.now())
        start_job(task="mail.deliver")
        wait_for(is_all_delivered)

    ids = Counter(received.email["Message-ID"] for received in mailbox.received)
    assert ids == Counter([email.message_id for email in [*first, *second]] + [first[2].message_id])
    assert noted
    assert [once for once, count in Counter(noted).items() if count > 1] == []
