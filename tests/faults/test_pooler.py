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
    with ThreadPoolExecutor(VISITORS) as threads:
        walks = [threads.submit(_walk, site, PESELS[number % 3], number) for number in range(VISITORS)]
        walks += [threads.submit(_work, site, number) for number in range(2)]
        seen = Counter(status for walk in walks for status in walk.result(120))
    assert set(seen) == {200, 302}
    assert Event.objects.filter(tag=Tag.LOGIN_SUCCEEDED).count() == VISITORS * ROUNDS + 2
    wait_for(lambda: bool(mailbox.received) and not Email.objects.exclude(state="accepted").exists())


def _walk(site: Machine, pesel: str, number: int) -> list[int]:
    seen = []
    for _ in range(ROUNDS):
        visitor = Visitor(ip=f"198.51.100.{number}")
        seen.append(visitor.post(site, LOGIN, {"name": pesel, "secret": PASSWORD}).status)
        pages = [visitor.get(site, path) for path in ("/konto/", "/konto/historia/", "/konto/sesje/", "/szukaj/?q=a")]
        seen += [page.status for page in pages]
        token = fields_of(pages[0])["csrfmiddlewaretoken"]
        seen.append(visitor.post(site, "/konto/wyloguj/", {"csrfmiddlewaretoken": token}).status)
    return seen


def _work(site: Machine, number: int) -> list[int]:
    member = Visitor(ip=f"198.51.100.{100 + number}")
    seen = [member.post(site, LOGIN, {"name": "jan@oke.example", "secret": PASSWORD}).status]
    # The choices of its form are rows, which Django reads by a cursor.
    adding = f"/panel/egzaminatorzy/{Examiner.objects.values_list('pk', flat=True)[0]}/dodaj-wpis/"
    seen += [member.get(site, path).status for path in (*PANEL, adding) * ROUNDS]
    connection.close()
    return seen
