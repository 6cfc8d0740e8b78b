"""What the demo's board has written to its examiners: a message with every result, and a draft."""

import datetime
import uuid
from typing import Final

from django.utils import timezone

from egzaminator.accounts.models import Account
from egzaminator.audit.actor import Actor
from egzaminator.mail.domain.holds import hold_if_due
from egzaminator.mail.enums import MAILING, BounceKind, Cause, DeliveryState
from egzaminator.mail.models import Bounce, Email
from egzaminator.mailings.domain.drafts import Written, begin_draft
from egzaminator.mailings.domain.sending import begin_due
from egzaminator.mailings.enums import MailingKind
from egzaminator.mailings.models import Mailing
from egzaminator.panel.domain.mailings import current, people_of, send
from egzaminator.register.models import Scope
from egzaminator.register.terms import Terms

# When the message went out, counted back from the demo's first start.
_AGO: Final = datetime.timedelta(days=2)
_TRAINING: Final = Written(
    kind=MailingKind.OFFICIAL,
    subject="Szkolenie przed sesją letnią",
    body="""{zwrot},

zapraszamy na **szkolenie przed sesją letnią**. Odbędzie się w siedzibie komisji, a równocześnie przez internet:

- część pierwsza: zasady oceniania,
- część druga: ćwiczenia na pracach z ubiegłego roku.

Na każdą część trzeba się zapisać: [formularz zgłoszenia](https://oke.example/szkolenie).

Twoje wpisy – {numery}.

Z poważaniem
Okręgowa Komisja Egzaminacyjna""",
)
_SURVEY: Final = Written(
    kind=MailingKind.INFORMATIONAL,
    subject="Ankieta po sesji",
    body="""{zwrot},

dziękujemy za pracę podczas sesji. Prosimy o odpowiedź na [pięć pytań](https://oke.example/ankieta).

Z poważaniem
Okręgowa Komisja Egzaminacyjna""",
)


def write_mailings(*, writer: Account, scope: Scope) -> None:
    """Send a message to everybody of a scope, as if it were two days ago, and begin a draft to all.

    Of its e-mails the first was refused and the second came back; the mail server took the others.
    """
    by = Actor(writer.pk)
    sent = begin_draft(mailing_id=uuid.uuid4(), written=_TRAINING, terms=Terms(scope=scope.pk), by=by)
    send(mailing=sent, version=sent.version, shown=people_of(sent).count(), starts_at=None, by=by)
    begin_due()
    _answer_for_servers()
    current(sent)
    began_at = timezone.now() - _AGO
    Mailing.objects.filter(pk=sent.pk).update(
        created_at=began_at, starts_at=began_at, started_at=began_at, ended_at=began_at
    )
    begin_draft(mailing_id=uuid.uuid4(), written=_SURVEY, terms=Terms(), by=by)


def _answer_for_servers() -> None:
    at = timezone.now() - _AGO
    emails = Email.objects.filter(kind=MAILING).order_by("email")
    refused, returned = emails[:2]
    emails.exclude(pk=refused.pk).update(
        state=DeliveryState.ACCEPTED, attempts=1, reply_code=250, created_at=at, due_at=at, accepted_at=at
    )
    emails.filter(pk=refused.pk).update(
        state=DeliveryState.REJECTED,
        attempts=1,
        reply_code=552,
        reply_text="5.2.2 Mailbox full",
        cause=Cause.ADDRESS,
        created_at=at,
        due_at=at,
    )
    bounce = Bounce.objects.create(
        message=returned,
        email=returned.email.lower(),
        kind=BounceKind.PERMANENT,
        reply_code=550,
        reply_text="5.1.1 No such user",
        cause=Cause.ADDRESS,
        reported_at=at,
    )
    hold_if_due(bounce)
