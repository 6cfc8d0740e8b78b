"""A form with every kind of field, to look at."""

from collections.abc import Iterator
from typing import Any, Final

from django import forms

from egzaminator.accounts.password_forms import NewPasswordForm
from egzaminator.core.fields import LineField, PasswordField, PhoneField, PostalCodeField, RspoField
from egzaminator.core.forms import TICKED, Condition, ConditionalForm, Fieldset, Part

_HINT: Final = "A hint says what to write, and gives an example: 61 854 01 60"
_FRUIT: Final = [("", "Choose from the list"), ("apple", "Apple"), ("other", "Another one, whose name is a long one")]
_OTHER: Final = Condition("choice", frozenset(("other",)))
_MORE: Final = Condition("is_more", frozenset((TICKED,)))
_WORDY: Final = (
    "A label that is far longer than labels should be, since the answer to it would be hard to find without all of it"
)


class SampleForm(NewPasswordForm, ConditionalForm):
    """Every kind of field. Unbound, some of the fields are filled in; bound without answers, the required are wrong."""

    conditions = {"other": _OTHER, "more": _MORE}
    beside = ("locality", "surname")

    line = LineField(label="A line of text")
    hinted = LineField(label="With a hint", help_text=_HINT)
    optional = LineField(label="Optional", required=False)
    both = LineField(label="Optional, with a hint", required=False, help_text=_HINT)
    filled = LineField(label="Filled in", initial="Zażółć gęślą jaźń 0O 1lI")
    read_only = LineField(label="Read-only", initial="MBI/1/2019", widget=forms.TextInput(attrs={"readonly": True}))
    postal_code = PostalCodeField(label="Postal code")
    locality = LineField(label="Beside it, a longer one")
    first_name = LineField(label="Beside each other", max_length=60)
    surname = LineField(label="Both of one width", max_length=60, help_text="One has a hint")
    phone = PhoneField(label="As narrow as its answers")
    email = forms.EmailField(label="E-mail address")
    wordy = LineField(label=_WORDY)
    choice = forms.ChoiceField(label="A choice", choices=_FRUIT)
    other = LineField(label="Asked after one of the choices")
    text = forms.CharField(label="Many lines", widget=forms.Textarea(attrs={"rows": 3}))
    agreed = forms.BooleanField(label="A box that has to be ticked", error_messages={"required": "Tick the box"})
    is_more = forms.BooleanField(label="A box that asks for more", required=False)
    more = RspoField(label="Asked after the tick")
    password = PasswordField(label="A password")

    @property
    def parts(self) -> list[Part]:
        """The fields in numbered parts, the last with a fieldset that is asked after a tick."""
        return Part.list_of(self._fieldsets())

    def _fieldsets(self) -> Iterator[Fieldset]:
        def fieldset(name: str, legend: str, fields: list[str], **more: Any) -> Fieldset:
            return Fieldset.of(self, name=f"{self.prefix}-{name}", legend=legend, fields=fields, **more)

        yield fieldset("lines", "Lines", ["line", "hinted", "wordy"])
        yield fieldset("complete", "Lines that need nothing more", ["optional", "both", "filled", "read_only"])
        yield fieldset(
            "widths",
            "Widths, and pairs",
            ["postal_code", "locality", "first_name", "surname", "phone", "email"],
            hint="Boxes are as wide as their answers.",
        )
        yield fieldset("passwords", "Passwords", ["password", "new_password", "repeated_password"])
        yield fieldset("choices", "Choices and conditions", ["choice", "other", "text", "agreed", "is_more"])
        yield fieldset("more", "A fieldset asked after a tick", ["more"], condition=_MORE)
