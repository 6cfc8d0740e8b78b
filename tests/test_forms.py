"""What holds for every form, whoever adds one."""

import importlib
import re
from pathlib import Path

import pytest
from django import forms
from django.utils import translation

import egzaminator
from egzaminator.accounts.email_forms import DoubtedEmailForm
from egzaminator.core.fields import EmailAddressField, LoginNameField, PasswordField
from egzaminator.core.fields.width import Width, width_of
from egzaminator.panel.contact_forms import ContactForm
from egzaminator.panel.forms import CorrectEmailForm, UnfreezeForm
from egzaminator.panel.person.claim_forms import ClaimEmailForm
from egzaminator.panel.person.register_forms import RegisterEmailForm
from egzaminator.panel.staff_forms import InviteForm, MemberEmailForm

ROOT = Path(egzaminator.__file__).parent
# The address in them is somebody else's, confirmed on the phone, or the board's own.
NOT_ONES_OWN: set[type[forms.BaseForm]] = {
    UnfreezeForm,
    CorrectEmailForm,
    RegisterEmailForm,
    ContactForm,
    InviteForm,
    MemberEmailForm,
    ClaimEmailForm,
}


def _forms() -> list[type[forms.BaseForm]]:
    for path in ROOT.rglob("*forms.py"):
        importlib.import_module(".".join(("egzaminator", *path.relative_to(ROOT).with_suffix("").parts)))
    found: set[type[forms.BaseForm]] = set()
    waiting = [forms.BaseForm]
    while waiting:
        for form in waiting.pop().__subclasses__():
            waiting.append(form)
            if form.__module__.startswith("egzaminator."):
                found.add(form)
    return sorted(found, key=lambda form: form.__qualname__)


FORMS = _forms()
FIELDS = [(form, name, field) for form in FORMS for name, field in getattr(form, "base_fields", {}).items()]
PASSWORDS = [(form, name, field) for form, name, field in FIELDS if isinstance(field.widget, forms.PasswordInput)]


def test_all_forms_are_found() -> None:
    assert len(FORMS) >= 24
    assert len(PASSWORDS) >= 12
    assert {type(field) for _form, _name, field in PASSWORDS} == {PasswordField}


def test_every_box_is_as_wide_as_its_answers() -> None:
    seen: dict[Width, set[str]] = {}
    for form, name, field in FIELDS:
        is_box = not field.widget.is_hidden and not isinstance(field, forms.BooleanField)
        is_sample = form.__module__.startswith("egzaminator.demo.")
        if (
            is_box and not is_sample and form.__module__.endswith("forms")
        ):  # whichever other modules are imported meanwhile
            seen.setdefault(width_of(field), set()).add(name.removeprefix("correspondence_"))

    assert seen == {
        Width.TINY: {"house_number", "flat_number", "postal_code"},
        Width.SHORT: {
            "name",
            "phone",
            "workplace_rspo",
            "code",
            "case_code",
            "since",
            "until",
            "since_time",
            "until_time",
            "pesel",
            "on",
            "decided_on",
            "identifier",
            "day",
            "hour",
        },
        Width.MEDIUM: {
            *("first_name", "middle_names", "surname", "birthplace", "locality"),
            *("country", "voivodeship", "employment"),
            *("secret", "password", "new_password", "repeated_password"),
            *(
                "asked",
                "name",
                "phone",
                "fax",
                "email",
                "actor",
                "tag",
                "roles",
                "is_allowed",
                "stays",
                "content",
                "format",
                "form",
            ),
            *("first_names", "identifier", "number", "ground", "scope", "exam_kind", "entry_state", "account"),
            *("reference", "kind", "salutation"),
        },
        Width.LONG: {
            *("email", "security_email", "data_protection_email", "note", "text", "changes"),
            *(
                "street",
                "workplace_name",
                "workplace_address",
                "subjects",
                "reason",
                "name",
                "person",
                "asked",
                "reference",
                "board",
                "file",
            ),
            *("subject", "body"),
        },
    }


def test_every_width_has_a_class_of_the_styles() -> None:
    styles = (ROOT / "static/css/forms.css").read_text()

    assert [width for width in Width if f".field--{width} {{" not in styles] == []


def test_every_address_of_ones_own_draws_the_question() -> None:
    asking = {form for form, _name, field in FIELDS if isinstance(field, EmailAddressField)} - NOT_ONES_OWN

    assert len(asking) >= 4
    assert {form for form in asking if not issubclass(form, DoubtedEmailForm)} == set()


def test_every_page_that_asks_for_an_address_shows_the_questions_box() -> None:
    pages = {path.name: path.read_text() for path in ROOT.rglob("templates/**/*.html")}
    asking = {name for name, page in pages.items() if "form.email.as_field_group" in page}
    asking -= {"correct-claim-email.html"}  # somebody else's, told on the telephone

    assert asking == {"change_email.html", "correct_email.html"}  # the first form has fieldsets
    assert {name for name in asking if "form.confirmed_email.as_field_group" not in pages[name]} == set()


@pytest.mark.parametrize(("form", "name", "field"), PASSWORDS)
def test_every_password_can_be_shown(form: type[forms.BaseForm], name: str, field: forms.Field) -> None:
    lone = type("Lone", (forms.Form,), {name: field})()

    with translation.override("pl"):
        group = lone[name].as_field_group()

    assert 'class="password"' in group
    assert 'data-text-show="Pokaż hasło"' in group
    assert 'data-text-caps="Klawisz Caps Lock jest włączony"' in group


def test_no_template_writes_a_password_without_the_words_to_show_it_by() -> None:
    bare = re.compile(r"{{ *\w*form\.\w*(?:password|secret)\w* *}}")
    written = re.compile(r'type="password"')
    pages = {path.name: path.read_text() for path in ROOT.rglob("templates/**/*.html")}

    assert [name for name, page in pages.items() if bare.search(page)] == []
    assert [name for name, page in pages.items() if written.search(page)] == ["login_box.html"]
    assert re.search(
        r'<div class="password" {% include "forms/password_attrs.html" %}>\s*<input id="box-secret"',
        pages["login_box.html"],
    )


def test_no_login_name_is_typed_on_a_keyboard_of_digits() -> None:
    names = [field for _form, _name, field in FIELDS if isinstance(field, LoginNameField)]
    pages = [path.read_text() for path in ROOT.rglob("templates/**/*.html")]

    assert len(names) >= 2
    assert {field.widget.attrs.get("inputmode") for field in names} == {"text"}
    boxes = [tag for page in pages for tag in re.findall(r"<input[^>]*>", page) if 'autocomplete="username"' in tag]
    assert len(boxes) >= 2
    assert [tag for tag in boxes if "inputmode" in tag] == []
