"""The web server behind PgBouncer in transaction mode, where each transaction may run on another server connection."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection

from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.mail.models import Email
from egzaminator.register.models import Examiner
from tests.faults.machines import Machine, Visitor, machines
from tests.faults.workers import wait_for
from tests.helpers.factories import PASSWORD, PESELS, make_account, make_examiner, make_staff
from tests.helpers.html import fields_of
from tests.helpers.pgbouncer import can_run_pgbouncer, pgbouncer
from tests.helpers.public_site import make_home_page
from tests.helpers.receiver import Receiver

pytestmark = [
    pytest.mark.fault,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("empty_queue"),
    pytest.mark.skipif(not can_run_pgbouncer(), reason="PgBouncer is not here"),
]
LOGIN = "/konto/logowanie/"
# More at a time than the pooler has connections, so that no visitor keeps one.
VISITORS = 8
ROUNDS = 4
# Screens of every part of the panel.
PANEL = (
    "/panel/", "/panel/egzaminatorzy/", "/panel/egzaminatorzy/nowy/", "/panel/zakresy/", "/panel/dziennik/",
    "/panel/do-sprawdzenia/", "/panel/wiadomosci/", "/panel/import/", "/panel/pracownicy/", "/panel/ochrona-danych/",
    "/panel/ustawienia/", "/panel/strony/images/add/", "/panel/strony/pages/",
)  # fmt: skip


@pytest.fixture
def site(mailbox: Receiver, tmp_path: Path) -> Iterator[Machine]:
    make_home_page()
    with (
        pgbouncer(tmp_path, connections=2) as through,
        machines(tmp_path, 1, mail_port=mailbox.port) as (machine,),
    ):
        machine.serve(DATABASE_URL=through)
        yield machine


def test_visitors_share_few_connections(site: Machine, mailbox: Receiver) -> None:
    site.start("worker")  # past the pooler
    for number, pesel in enumerate(PESELS[:3]):
        make_account(make_examiner(pesel=pesel, numbers=(f"A-{number}",)), email=f"a{number}@example.org")
    make_staff()
    names = [PESELS[number % 3] for number in range(VISITORS)] + ["jan@oke.example"] * 2
    visitors = [_logged_in(site, name, number) for number, name in enumerate(names)]
    with ThreadPoolExecutor(len(visitors)) as threads:
        walks = [threads.submit(_walk, site, visitor) for visitor in visitors[:VISITORS]]
        walks += [threads.submit(_work, site, member) for member in visitors[VISITORS:]]
        seen = Counter(status for walk in walks for status in walk.result(120))
    assert set(seen) == {200, 302}
    assert Event.objects.filter(tag=Tag.LOGGED_OUT).count() == VISITORS
    wait_for(lambda: bool(mailbox.received) and not Email.objects.exclude(state="accepted").exists())


def _logged_in(site: Machine, name: str, number: int) -> Visitor:
    """Return a visitor with a session. One after another: at once they would be asked to come back."""
    visitor = Visitor(ip=f"198.51.100.{number}")
    assert visitor.post(site, LOGIN, {"name": name, "secret": PASSWORD}).status == 302
    return visitor


def _walk(site: Machine, visitor: Visitor) -> list[int]:
    pages = [
        visitor.get(site, path) for path in ("/konto/", "/konto/historia/", "/konto/sesje/", "/szukaj/?q=a") * ROUNDS
    ]
    token = fields_of(pages[0])["csrfmiddlewaretoken"]
    left = visitor.post(site, "/konto/wyloguj/", {"csrfmiddlewaretoken": token})
    return [page.status for page in [*pages, left]]


def _work(site: Machine, member: Visitor) -> list[int]:
    # The choices of its form are rows, which Django reads by a cursor.
    adding = f"/panel/egzaminatorzy/{Examiner.objects.values_list('pk', flat=True)[0]}/dodaj-wpis/"
    connection.close()
    return [member.get(site, path).status for path in (*PANEL, adding) * ROUNDS]
