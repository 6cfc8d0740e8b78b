"""The countries an examiner's address may be in: the EU, EFTA, the neighbours, and where Poles mostly live beyond."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from egzaminator.kernel.text import sort_key

POLAND: Final = "PL"
# Of the codes that ISO 3166-1 leaves to its users, the one that Unicode's CLDR has for an unknown region.
OTHER: Final = "ZZ"

_OTHERS: Final = {
    "AL": _("Albania"),
    "AT": _("Austria"),
    "AU": _("Australia"),
    "BA": _("Bosnia and Herzegovina"),
    "BE": _("Belgium"),
    "BG": _("Bulgaria"),
    "BR": _("Brazil"),
    "BY": _("Belarus"),
    "CA": _("Canada"),
    "CH": _("Switzerland"),
    "CY": _("Cyprus"),
    "CZ": _("Czechia"),
    "DE": _("Germany"),
    "DK": _("Denmark"),
    "EE": _("Estonia"),
    "ES": _("Spain"),
    "FI": _("Finland"),
    "FR": _("France"),
    "GB": _("United Kingdom"),
    "GE": _("Georgia"),
    "GR": _("Greece"),
    "HR": _("Croatia"),
    "HU": _("Hungary"),
    "IE": _("Ireland"),
    "IL": _("Israel"),
    "IS": _("Iceland"),
    "IT": _("Italy"),
    "KZ": _("Kazakhstan"),
    "LI": _("Liechtenstein"),
    "LT": _("Lithuania"),
    "LU": _("Luxembourg"),
    "LV": _("Latvia"),
    "MD": _("Moldova"),
    "ME": _("Montenegro"),
    "MK": _("North Macedonia"),
    "MT": _("Malta"),
    "NL": _("Netherlands"),
    "NO": _("Norway"),
    "NZ": _("New Zealand"),
    "PT": _("Portugal"),
    "RO": _("Romania"),
    "RS": _("Serbia"),
    "RU": _("Russia"),
    "SE": _("Sweden"),
    "SI": _("Slovenia"),
    "SK": _("Slovakia"),
    "TR": _("Turkey"),
    "UA": _("Ukraine"),
    "US": _("United States of America"),
}
_NAMES: Final = {POLAND: _("Poland"), OTHER: _("other country (write it after the town)"), **_OTHERS}


def country_choices() -> list[tuple[str, str]]:
    """Give codes and names in the language of the moment: Poland first, the others by the alphabet, "other" last."""
    others = [(code, str(name)) for code, name in _OTHERS.items()]
    others.sort(key=lambda choice: sort_key(choice[1]))
    return [(POLAND, country_name(POLAND)), *others, (OTHER, country_name(OTHER))]


def country_name(code: str) -> str:
    """Take a code as it is kept; give the country's name in the language of the moment, the code if it is unknown."""
    return str(_NAMES.get(code, code))
