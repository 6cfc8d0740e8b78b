"""Nobody reads a code: every choice has a Polish label, unless no screen shows it."""

import importlib
from pathlib import Path

import pytest
from django.db.models import Choices
from django.utils import translation
from django.utils.functional import Promise

import egzaminator
from egzaminator.accounts.enums import LinkPurpose, Voivodeship
from egzaminator.accounts.models import Account, EmailChange, ProfileChange
from egzaminator.data_export.domain.export import disclose
from egzaminator.data_export.labels import SECTIONS
from egzaminator.data_export.readable import sections
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.enums import Cause, Priority
from egzaminator.mail.models import Email
from egzaminator.onboarding.enums import ClaimOutcome
from egzaminator.onboarding.models import Claim
from egzaminator.register.enums import ExamKind, RegisterField
from egzaminator.register.models import Decision, Entry, FormerValue
from egzaminator.staff.roles import Role
from tests.helpers.factories import make_account, make_claim, make_examiner

# Why no screen, e-mail or export shows them.
UNREAD = {
    LinkPurpose: "what a link does is its address's business",
    Priority: "the order that the worker sends in",
    Cause: "told in sentences, where an e-mail's state is shown",
}
PROPER_NAMES = {Voivodeship}
SAME_IN_BOTH_LANGUAGES = {Role.ADMINISTRATOR, RegisterField.PESEL}
# The models that "My data" shows, by the section that shows them.
DISCLOSED = {
    "account": Account,
    "entries": Entry,
    "decisions": Decision,
    "former_values": FormerValue,
    "changed_emails": EmailChange,
    "changed_details": ProfileChange,
    "emails": Email,
    "forms": Claim,
}
FIELDS = [
    (section, field.name, code)
    for section, model in DISCLOSED.items()
    for field in model._meta.fields  # noqa: SLF001 -- public, by Django
    if field.name not in {"priority", "cause"}  # see UNREAD
    for code, _label in field.choices or ()
] + [
    *(("entries", "exam_kind", code) for code in ExamKind.values),
    *(("emails", "kind", code) for code in EmailKind.values),
]


def _enums() -> list[type[Choices]]:
    root = Path(egzaminator.__file__).parent
    for path in root.rglob("enums.py"):
        importlib.import_module(".".join(("egzaminator", *path.relative_to(root).with_suffix("").parts)))
    found: set[type[Choices]] = set()
    waiting = [Choices]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            waiting.append(kind)
            if kind.__module__.startswith("egzaminator.") and len(kind):
                found.add(kind)
    return sorted(found, key=lambda kind: kind.__qualname__)


ENUMS = _enums()


def test_all_lists_of_choices_are_found() -> None:
    assert len(ENUMS) >= 14
    assert set(UNREAD) | PROPER_NAMES < set(ENUMS)


@pytest.mark.parametrize("member", [member for kind in ENUMS if kind not in UNREAD for member in kind], ids=repr)
def test_every_choice_has_words_in_polish(member: Choices) -> None:
    label = member._label_

    assert isinstance(label, str) if type(member) in PROPER_NAMES else isinstance(label, Promise)
    with translation.override("pl"):
        polish = str(member.label)
    with translation.override("en"):
        is_same = type(member) in PROPER_NAMES or member in SAME_IN_BOTH_LANGUAGES
        assert is_same or polish != str(member.label)
    assert polish != member.value


def test_all_codes_of_my_data_are_found() -> None:
    assert {(section, name) for section, name, _code in FIELDS} >= {
        ("entries", "state"),
        ("entries", "exam_kind"),
        ("decisions", "kind"),
        ("former_values", "field"),
        ("changed_emails", "outcome"),
        ("emails", "kind"),
        ("emails", "state"),
        ("forms", "outcome"),
    }


@pytest.mark.parametrize(("section", "name", "code"), FIELDS)
def test_my_data_tells_a_code_in_words(section: str, name: str, code: object) -> None:
    with translation.override("pl"):
        (told,) = sections(dict.fromkeys(SECTIONS, ()) | {section: [{name: code}]})

    (((label, words),),) = told.records
    assert name not in (label, words)
    assert words != str(code)


@pytest.mark.django_db
def test_my_data_tells_how_a_form_ended() -> None:
    examiner = make_examiner()
    claim = make_claim(examiner)
    account = make_account(examiner)
    Claim.objects.filter(pk=claim.pk).update(closed_at=claim.created_at, outcome=ClaimOutcome.ACTIVATED)

    with translation.override("pl"):
        told = sections(disclose(account=account, examiner=examiner))

    rows = [row for section in told for record in section.records for row in record]
    assert ("Wynik", "konto zostało aktywowane") in rows
    codes = {str(member.value) for kind in ENUMS for member in kind} - {"pl", ""}
    assert [row for row in rows if row[1] in codes] == []
