"""The examination board that this installation serves."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.html import format_html
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString

from egzaminator.core.fields import phone_uri


@dataclass(frozen=True, slots=True)
class Board:
    """A board's name and public contact data, as visitors read them.

    The defaults are OKE Poznań's public contact data.
    """

    name: str = "Okręgowa Komisja Egzaminacyjna w Poznaniu"
    short_name: str = "OKE Poznań"
    street: str = "ul. Gronowa 22"
    postal_code: str = "61-655"
    locality: str = "Poznań"
    phone: str = "61 854 01 60"
    fax: str = "61 852 14 41"
    email: str = "sekretariat@oke.poznan.pl"
    hours: str = "w dni robocze"
    bip_url: str = "https://www.gov.pl/web/bip"
    eu_funds_url: str = "https://www.funduszeeuropejskie.gov.pl/"
    data_protection_email: str = ""
    security_email: str = ""

    @property
    def notices_email(self) -> str:
        """The e-mail address for notices that concern the security of examiners' accounts."""
        return self.security_email or self.email

    @property
    def phone_link(self) -> str:
        """The telephone number as it follows `tel:` in a link."""
        return phone_uri(self.phone)

    @property
    def phone_anchor(self) -> SafeString:
        """The telephone number as an HTML link that dials it."""
        return format_html('<a href="tel:{}">{}</a>', self.phone_link, self.phone)


def current_board() -> Board:
    """Return the board that this installation serves.

    This folder has no models, while e-mail, passwords and screens in the folders below the site's pages all name the
    board. So the setting `BOARD_SOURCE` names the function that reads it from where its staff edit it.
    """
    board: Board = import_string(settings.BOARD_SOURCE)()
    return board
