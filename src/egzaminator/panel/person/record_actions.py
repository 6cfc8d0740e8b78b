"""What all actions on records share: the form that knows what it showed, and what is said of a failure."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, cast

from django.contrib import messages
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from egzaminator.accounts.models import Account
from egzaminator.audit.actor import actor_of
from egzaminator.onboarding.errors import NotDeceasedError
from egzaminator.panel.domain.examiner_lookup import record_view
from egzaminator.panel.record_form import RecordForm
from egzaminator.records.domain.shown import Shown
from egzaminator.records.errors import (
    ChangedMeanwhileError,
    DecisionExistsError,
    ImportUnderWayError,
    NothingChangedError,
    NotPossibleNowError,
    TakenError,
    TooEarlyError,
)
from egzaminator.register.models import Decision, Entry, Examiner
from egzaminator.staff.domain.independence import is_own_record
from egzaminator.staff.errors import OwnAccountError

CHANGE: Final = "register.change_examiner"

_CHANGED: Final = gettext_lazy("That is not possible now: something has changed meanwhile. Look at the page again.")
NOTICES: Final[Mapping[type[Exception], tuple[int, Promise]]] = {
    OwnAccountError: (messages.WARNING, gettext_lazy("This is your own record: a colleague has to correct it.")),
    **dict.fromkeys((NotPossibleNowError, NotDeceasedError), (messages.WARNING, _CHANGED)),
    NothingChangedError: (messages.INFO, gettext_lazy("Nothing was changed: the register has this already.")),
}


def _show_changes(form: RecordForm, error: ChangedMeanwhileError) -> None:
    form.show_changes(error)


def _too_early(form: RecordForm, error: TooEarlyError) -> None:
    form.add_error("decided_on", _("Check the date: it has to be after %(day)s") % {"day": error.after})


FORM_ERRORS: Final[Mapping[type[Exception], Promise | Callable[[Any, Any], None]]] = {
    ChangedMeanwhileError: _show_changes,
    TooEarlyError: _too_early,
    DecisionExistsError: gettext_lazy("The entry has a decision of this kind with this number already."),
    ImportUnderWayError: gettext_lazy("A register file is being read in. Send the form again in a few minutes."),
}


def taken_as(field: str) -> Callable[[RecordForm, TakenError], None]:
    """Return what says, at a field, whose record has the value already."""

    def tell(form: RecordForm, error: TakenError) -> None:
        form.add_error(field, _("Somebody else has it: %(name)s") % {"name": error.holder.name})

    return tell


def taken_or_joined(field: str) -> Callable[[RecordForm, TakenError], None]:
    """Return what says whose record has the value already, and offers to join the two."""

    def tell(form: RecordForm, error: TakenError) -> None:
        taken_as(field)(form, error)
        url = reverse("join", args=[form.subject_id, error.holder.id])
        link = format_html('<a href="{}">{}</a>', url, _("Join with another person"))
        form.add_error(None, format_html("{} {}", _("Are both records of one person?"), link))

    return tell


@contextmanager
def holder_recorded(request: HttpRequest) -> Iterator[None]:
    """Count and record the look at whom a `TakenError` is about to name. Raise `LimitReachedError`."""
    try:
        yield
    except TakenError as error:
        record_view(examiner=error.holder, by=actor_of(request))
        raise


def examiner_of(subject: Examiner | Entry | Decision) -> Examiner:
    """Return the person whom an action is about."""
    if isinstance(subject, Decision):
        subject = subject.entry
    return subject.examiner if isinstance(subject, Entry) else subject


def require_others(request: HttpRequest, *examiners: Examiner) -> None:
    """Raise `OwnAccountError` if one of the records is the logged-in staff member's own."""
    member = cast("Account", request.user)
    if any(is_own_record(examiner=examiner, member=member) for examiner in examiners):
        raise OwnAccountError


def record_form(
    kind: type[RecordForm],
    name: str,
    show: Callable[[Any], Shown],
    initial: Callable[[Any], Mapping[str, Any]] = lambda _subject: {},
    options: Callable[[Any], Mapping[str, Any]] = lambda _subject: {},
) -> Callable[[Any, Account, QueryDict | None], RecordForm]:
    """Return what makes the form of an action: of its subject, the staff member, and what they sent, if anything.

    `show` returns what the form shows of the subject, `initial` what its fields hold, `options` other arguments.
    """

    def make(subject: Any, _member: Account, sent: QueryDict | None) -> RecordForm:
        return kind(
            sent,
            name=name,
            subject_id=subject.pk,
            shown=show(subject),
            initial=dict(initial(subject)),
            **options(subject),
        )

    return make
