"""Arguments and answers that administrators type are validated like the forms of the panel."""

import io

import pytest
from django.core.management import CommandError, call_command, get_commands, load_command_class

from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event, StaffText
from egzaminator.panel.forms import ReasonForm
from egzaminator.staff.models import Act
from tests.helpers.factories import PESELS, make_account, make_examiner
from tests.helpers.staff_texts import reason_of

pytestmark = pytest.mark.django_db
# The other arguments of each command that takes a reason.
WITH_REASON = {
    "freeze_account": ["A/1", "--reason"],
    "unfreeze_account": ["A/1", "--reason"],
    "undo_deceased": ["--reason"],
    "reset_second_factor": [],
}
ASKING = {
    "reset_second_factor": ["Zgubiony telefon"],
    "mark_deceased": ["2020-01-01"],
    "undo_deceased": ["--reason", "pomyłka"],
}
BAD = [
    pytest.param("", "Wpisz powód", id="empty"),
    pytest.param(" \u200b ", "Wpisz powód", id="nothing that is seen"),
    pytest.param("ok 1", "w kilku słowach", id="too short"),
    pytest.param("x" * 201, "200", id="too long"),
    pytest.param("a\0b", "niewidoczny znak", id="NUL"),
    pytest.param("rozmowa \udcff", "niewidoczny znak", id="not UTF-8"),
    pytest.param(f"PESEL {PESELS[0]} się zgadza", "PESEL", id="a PESEL"),
    pytest.param(f"konto nr 0{PESELS[0]}", "PESEL", id="a PESEL within a longer number"),
]


def options_of(name: str) -> set[str]:
    parser = load_command_class(get_commands()[name], name).create_parser("", name)
    return {action.dest for action in parser._actions}  # noqa: SLF001 -- there is no public list


def test_these_are_all_commands_that_take_a_reason() -> None:
    ours = {name for name, app in get_commands().items() if str(app).startswith("egzaminator.")}
    taking = {name for name in ours if "reason" in options_of(name)}
    assert taking == WITH_REASON.keys()
    assert len(ours) >= 12


@pytest.mark.parametrize("name", WITH_REASON)
@pytest.mark.parametrize(("reason", "says"), BAD)
def test_a_bad_reason_is_refused_in_words_and_nothing_is_done(
    name: str, reason: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_account(make_examiner(numbers=("A/1",)))
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PESELS[0]}\nyes\n"))
    before = Event.objects.count()
    with pytest.raises(CommandError, match=says):
        call_command(name, *WITH_REASON[name], reason)
    assert (Event.objects.count(), Act.objects.count(), StaffText.objects.count()) == (before, 0, 0)


@pytest.mark.parametrize(("reason", "says"), BAD)
def test_the_panel_refuses_the_same(reason: str, says: str) -> None:
    assert set(ReasonForm({"reason": reason}).errors) == {"reason"}


def test_a_reason_is_kept_on_one_line() -> None:
    make_account(make_examiner(numbers=("A/1",)))
    call_command("freeze_account", "A/1", "--reason", "telefon\n  z\u202e numeru")
    assert reason_of(Event.objects.get(tag=Tag.ACCOUNT_FROZEN_BY_STAFF)) == "telefon z numeru"


@pytest.mark.parametrize("name", ASKING)
def test_a_question_that_nobody_answers_ends_in_words(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    with pytest.raises(CommandError, match="Nobody answered"):
        call_command(name, *ASKING[name])


@pytest.mark.parametrize("whose", ["A/1\0", "\udcff", "jan\udcff@oke.example"])
def test_nobody_is_called_by_what_no_database_holds(whose: str) -> None:
    with pytest.raises(CommandError, match="no such account"):
        call_command("freeze_account", whose, "--reason", "telefon")
