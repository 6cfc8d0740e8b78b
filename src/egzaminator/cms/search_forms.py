from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from egzaminator.cms.search_words import stems
from egzaminator.core.text import normalise

_LONGEST: Final = 100


class SearchForm(forms.Form):
    """The query of the search of the public pages."""

    q = forms.CharField(
        label=_("Search the help and news"),
        max_length=_LONGEST,
        error_messages={"max_length": _("That is too long to search for. Enter one or a few words.")},
    )

    def clean_q(self) -> str:
        """Return the normalised query. Raise `ValidationError` if it contains no word to search for."""
        query = normalise(self.cleaned_data["q"])
        if not stems(query):
            raise forms.ValidationError(_("Enter at least one word of two letters or more."))
        return query
