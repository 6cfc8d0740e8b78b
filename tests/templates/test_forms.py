import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation

from egzaminator.accounts.forms import DetailsForm
from egzaminator.core.fields import EmailAddressField, LineField
from egzaminator.core.forms import ConditionalBoundField

VOID = {"input", "br", "meta", "link", "img", "hr"}
# Attributes that refer to other elements by one or more ids.
REFERENCES = ("for", "aria-describedby", "aria-labelledby", "data-asked-when")
FORM = Template(
    """{% include "forms/error_summary.html" with form=form %}
    {% for fieldset in form.fieldsets %}{% include "forms/fieldset.html" with fieldset=fieldset %}{% endfor %}"""
)

Element = dict[str, str]  # attributes (empty where they have no value), and "tag" and "words"


class Page(HTMLParser):
    """Parses well-formed HTML into a list of its elements."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.open: list[Element] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), f"<{tag}> has an attribute twice"
        element = {"tag": tag, "words": "", **{name: value or "" for name, value in attrs}}
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()["tag"] == tag

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element["words"] = f"{element['words']} {data}".strip()

    def all(self, **having: str) -> list[Element]:
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in having.items()}
        return [each for each in self.elements if wanted.items() <= each.items()]

    def one(self, **having: str) -> Element:
        (found,) = self.all(**having)
        return found

    @property
    def ids(self) -> list[str]:
        return [each["id"] for each in self.elements if "id" in each]


class SampleForm(forms.Form):
    use_required_attribute = False

    email = EmailAddressField(label="E-mail address", help_text="One that <you> read")
    password = forms.CharField(widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))
    new_password = forms.CharField(widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))
    agreed = forms.BooleanField(label="I have read this", error_messages={"required": "Tick the box"})
    colour = forms.ChoiceField(choices=[("r", "red"), ("g", "green")], help_text="Any")
    size = forms.ChoiceField(choices=[("s", "small"), ("l", "large")], widget=forms.RadioSelect)
    secret = LineField(required=False, widget=forms.HiddenInput)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def render(form: forms.BaseForm | None) -> Page:
    return Page(FORM.render(Context({"form": form})))


def field(form: forms.BaseForm, name: str) -> Page:
    return Page(form[name].as_field_group())


def words(element: Element) -> str:
    return re.sub(r"\s+", " ", element["words"]).strip()


@pytest.mark.parametrize(
    "data",
    [
        None,
        {},
        {"country": "DE", "has_correspondence_address": "on", "employment": "school"},
        dict.fromkeys(DetailsForm.base_fields, "\"'><script>alert(1)</script>\0٣"),
    ],
)
def test_a_form_is_whole(data: dict[str, str] | None) -> None:
    page = render(DetailsForm(data))
    assert len(set(page.ids)) == len(page.ids)
    for element in page.elements:
        for name in REFERENCES:
            assert set(element.get(name, "").split()) <= set(page.ids)
        if element["tag"] == "a":
            assert element["href"].removeprefix("#") in page.ids
        assert {"required", "maxlength", "style", "placeholder"}.isdisjoint(element)
        assert [name for name in element if name.startswith("on")] == []
    assert page.all(tag="script") == []


def test_every_control_has_one_label_and_says_what_it_is_for() -> None:
    page = render(DetailsForm())
    controls = [each for each in page.elements if each["tag"] in {"input", "select"}]
    assert [each["for"] for each in page.all(tag="label")] == [each["id"] for each in controls]
    assert [each["id"] for each in controls if "autocomplete" not in each] == ["id_has_correspondence_address"]
    texts = [each for each in controls if each["tag"] == "input" and each["type"] != "checkbox"]
    assert [each["id"] for each in texts if "inputmode" not in each] == []


def test_a_label_is_its_field_s_name_and_nothing_else() -> None:
    page = field(DetailsForm(), "flat_number")
    assert words(page.one(tag="label")) == "Flat number"
    assert words(page.one(id="id_flat_number_optional")) == "(optional)"
    assert page.one(tag="input")["aria-describedby"] == "id_flat_number_optional"
    assert "id_surname_optional" not in field(DetailsForm(), "surname").ids


def test_a_field_in_order_has_its_hint_only() -> None:
    page = field(SampleForm(), "email")
    assert [each["tag"] for each in page.elements] == ["div", "label", "p", "input"]
    assert page.elements[0]["class"] == "field field--long"
    assert words(page.one(class_="hint")) == "One that <you> read"
    control = page.one(tag="input")
    assert control["aria-describedby"] == page.one(class_="hint")["id"]
    assert "aria-invalid" not in control


def test_a_field_with_a_mistake_says_so_beside_it_and_in_words() -> None:
    page = field(SampleForm({"email": '"><b>łódka@example.com'}), "email")
    assert page.elements[0]["class"] == "field field--long field--error"
    control = page.one(tag="input")
    assert control["value"] == '"><b>łódka@example.com'
    assert control["aria-invalid"] == "true"
    assert control["aria-describedby"] == "id_email_helptext id_email_error"
    message = "Remove “ł” from the e-mail address: there are no such letters before @"
    assert words(page.one(id="id_email_error")) == f"Error: {message}"
    assert words(page.one(class_="visually-hidden")) == "Error:"


def test_a_box_stands_before_its_label() -> None:
    page = field(SampleForm({}), "agreed")
    assert [each["tag"] for each in page.elements] == ["div", "div", "p", "span", "input", "label"]
    assert page.elements[0]["class"] == "field field--checkbox field--error"
    assert page.one(tag="input")["aria-describedby"] == "id_agreed_error"


def test_a_list_keeps_what_was_chosen() -> None:
    page = field(SampleForm({"colour": "g"}), "colour")
    assert words(page.one(tag="option", selected="")) == "green"
    assert page.one(tag="select")["aria-describedby"] == "id_colour_helptext"


def test_choices_side_by_side_are_a_group_with_a_legend() -> None:
    page = field(SampleForm({}), "size")
    assert words(page.one(tag="legend")) == "Size"
    assert page.one(tag="fieldset")["aria-describedby"] == "id_size_error"
    assert [words(each) for each in page.all(tag="label")] == ["small", "large"]


def test_a_password_is_not_sent_back_and_its_buttons_wait_for_the_script() -> None:
    page = field(SampleForm({"password": "my secret"}), "password")
    assert "value" not in page.one(tag="input")
    assert page.all(tag="button") == []
    wrapper = page.one(class_="password")
    assert {name for name in wrapper if name.startswith("data-")} == {"data-text-show", "data-text-caps"}


def test_a_new_password_has_the_words_for_its_strength_and_suggestion() -> None:
    wrapper = field(SampleForm(), "new_password").one(class_="password")
    assert {name: value for name, value in wrapper.items() if name.startswith("data-")} == {
        "data-text-show": "Show password",
        "data-text-caps": "Caps Lock is on",
        "data-text-short": "{now} of at least {least} characters",
        "data-text-repeated": "Too many repeated characters",
        "data-text-enough": "Long enough",
        "data-text-suggest": "Suggest four words",
        "data-text-suggested": "A password of four words is filled in and shown. Keep it where only you look.",
    }


def test_the_summary_links_to_each_wrong_field_in_the_order_of_the_page() -> None:
    form = SampleForm({"email": "a", "password": "x", "colour": "r", "secret": "\0"})
    form.add_error(None, "Something <else>")
    page = render(form)
    summary = page.one(tag="section", class_="error-summary")
    assert summary["tabindex"] == "-1"
    assert words(page.one(id=summary["aria-labelledby"])) == "There is a problem"
    assert words(page.all(tag="li")[0]) == "Something <else>"
    assert [(each["href"], words(each)) for each in page.all(tag="a")] == [
        ("#id_email", "Enter a whole e-mail address, for example anna.nowak@example.com"),
        ("#id_new_password", "This field is required."),
        ("#id_agreed", "Tick the box"),
        ("#id_size", "This field is required."),
    ]


@pytest.mark.parametrize("form", [None, SampleForm(), DetailsForm()])
def test_there_is_no_summary_of_nothing(form: forms.BaseForm | None) -> None:
    assert render(form).all(class_="error-summary") == []


def test_a_part_that_is_not_always_asked_says_when_it_is() -> None:
    form = DetailsForm()
    fields = [each for each in form if isinstance(each, ConditionalBoundField)]
    assert len(fields) == len(form.fields)
    asked = {each.name: (each.asked_when.control, each.asked_when.values) for each in fields if each.asked_when}
    differs, employed = ("id_has_correspondence_address", "on"), ("id_employment", "employer school university")
    assert asked == {
        "voivodeship": ("id_country", "PL"),
        "correspondence_country": differs,
        "correspondence_street": differs,
        "correspondence_house_number": differs,
        "correspondence_flat_number": differs,
        "correspondence_postal_code": differs,
        "correspondence_locality": differs,
        "workplace_name": employed,
        "workplace_address": employed,
        "workplace_rspo": employed,
    }
    page = render(form)
    parts = [
        (each["data-asked-when"], each["data-asked-values"]) for each in page.elements if "data-asked-when" in each
    ]
    fieldset = page.one(id="fieldset-correspondence")
    assert (fieldset["data-asked-when"], fieldset["data-asked-values"]) == differs
    assert sorted(parts) == sorted([*asked.values(), differs])


def test_nothing_is_hidden_from_who_has_no_script() -> None:
    assert [each for each in render(DetailsForm()).elements if "hidden" in each] == []


def test_a_fieldset_has_a_legend_and_a_hint() -> None:
    page = render(DetailsForm())
    fieldset = page.one(id="fieldset-correspondence")
    assert words(page.one(id=fieldset["aria-describedby"])) == "Only if it is different from the home address"
    assert [words(each) for each in page.all(tag="legend")] == [
        "Personal details",
        "Home address",
        "Correspondence address",
        "Employment details",
    ]


def test_answers_that_belong_together_stand_in_one_row() -> None:
    page = render(DetailsForm())
    rows = [each for each in page.elements if each.get("class") == "field-row"]
    assert [words(row) for row in rows] == [
        "First name Second name (and further) (optional)",
        "House number Flat number (optional)",
        "Postal code Town or village",
        "House number (correspondence) Flat number (correspondence) (optional)",
        "Postal code (correspondence) Town or village (correspondence)",
    ]
