import itertools
import uuid
from collections.abc import Callable, Iterator
from functools import partial

from benchmarks.answers.people import People
from benchmarks.answers.sender import send
from benchmarks.measuring.report import size
from egzaminator.accounts.sessions import SessionStore
from egzaminator.onboarding.domain.claims import FilledForm, save_claim
from egzaminator.onboarding.domain.grant import open_grant
from egzaminator.onboarding.domain.known_mailbox import notify_known_mailboxes
from egzaminator.onboarding.models import Claim
from egzaminator.register.models import Entry, Examiner
from tests.helpers.factories import DETAILS

_CLAIMS = size(100, smoke=3)


def status_pages(people: People) -> dict[str, Iterator[Callable[[], float]]]:
    """Save forms of people known more or less to the register. Return endless views of their status pages, by kind."""
    crowded = people.examiners(_CLAIMS)
    people.claims(crowded, 18)
    return {
        "no mailbox": _pages(people, people.examiners(_CLAIMS)),
        "another mailbox": _pages(people, people.examiners(_CLAIMS, email="known@example.org")),
        "twenty claims": _pages(people, crowded),
    }


def _pages(people: People, examiners: list[Examiner]) -> Iterator[Callable[[], float]]:
    cookies = [_cookie(_save(people, examiner)) for examiner in examiners]
    notify_known_mailboxes()
    looks = [partial(send, "/konto/aktywacja/", cookies=cookie) for cookie in cookies]
    return itertools.cycle(looks)


def _save(people: People, examiner: Examiner) -> Claim:
    entry_id = Entry.objects.get(examiner=examiner).id
    form = FilledForm(
        email=f"{uuid.uuid4().hex}@example.org",
        password_hash=people.password,
        details=dict(DETAILS),
        privacy_notice_version="2026-11-22",
        language="pl",
    )
    return save_claim(grant=open_grant(examiner_id=examiner.id, entry_id=entry_id), form=form)


def _cookie(claim: Claim) -> str:
    session = SessionStore()
    session["claim"] = str(claim.id)
    session.save()
    return f"session={session.session_key}"
