"""What waits about e-mail: addresses that e-mails come back from."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from egzaminator.accounts.models import Account
from egzaminator.mail.domain.bounce_words import name_bounce, reply_of
from egzaminator.mail.models import EmailHold
from egzaminator.onboarding.models import Claim
from egzaminator.panel.list_views import LIST_EXAMINERS
from egzaminator.panel.review.kind import Item, Line, ReviewKind
from egzaminator.register.models import Examiner


def _holds(rows: Sequence[EmailHold], _member: Account) -> list[Item]:
    people = _people_with({hold.email for hold in rows})
    return [
        Item(
            pk=hold.pk,
            title=", ".join(one.name_by_surname for one in people[hold.email]) or _("Nobody has this address any more"),
            url=reverse("examiner", args=[people[hold.email][0].pk]) if len(people[hold.email]) == 1 else "",
            since=hold.since,
            lines=_lines(hold),
            examiner_ids=[one.pk for one in people[hold.email]],
        )
        for hold in rows
    ]


def _lines(hold: EmailHold) -> list[Line]:
    lines = [Line(_("E-mail address"), hold.email)]
    if hold.bounce:
        lines += [Line(_("E-mail"), name_bounce(hold.bounce)), Line(_("Mail server"), reply_of(hold.bounce).words)]
    return lines


def _people_with(emails: Iterable[str]) -> defaultdict[str, list[Examiner]]:
    """Return who has these addresses, in three queries: in the account, in an open form, or in the register."""
    held = set(emails)
    key = Lower("email")
    accounts = Account.objects.annotate(key=key).filter(key__in=held, examiner__isnull=False)
    claims = Claim.objects.annotate(key=key).filter(key__in=held, closed_at=None).defer("details_encrypted")
    known = Examiner.objects.in_register().annotate(key=key).filter(key__in=held)
    found = [
        *((account.key, account.examiner) for account in accounts.select_related("examiner")),
        *((claim.key, claim.examiner) for claim in claims.select_related("examiner")),
        *((examiner.key, examiner) for examiner in known),
    ]
    people: defaultdict[str, list[Examiner]] = defaultdict(list)
    for email, examiner in found:
        if examiner and examiner not in people[email]:
            people[email].append(examiner)
    return people


RETURNED: Final[ReviewKind[EmailHold]] = ReviewKind(
    slug="wracajace-e-maile",
    label=gettext_lazy("E-mails come back"),
    hint=gettext_lazy(
        "The owner of an account is asked at the log-in. Can you reach the person otherwise? Have them give another "
        "address. The line goes away when they do, or use a link that was mailed to this one."
    ),
    permission=LIST_EXAMINERS,
    rows=EmailHold.objects.all,
    waiting=lambda _member: [EmailHold.objects.select_related("bounce")],
    order="since",
    items=_holds,
)
