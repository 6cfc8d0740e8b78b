"""The examination board that this installation serves."""

from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Board:
    """Name and public contact data of a board, as its visitors read them."""

    name: str
    short_name: str
    street: str
    postal_code: str
    locality: str
    phone: str
    fax: str
    email: str

    @property
    def phone_link(self) -> str:
        """The telephone number as a `tel:` link takes it."""
        return "+48" + "".join(self.phone.split())


@cache
def current_board() -> Board:
    """Give the board that is served. OKE Poznań's public contact data are the default."""
    return Board(
        name="Okręgowa Komisja Egzaminacyjna w Poznaniu",
        short_name="OKE Poznań",
        street="ul. Gronowa 22",
        postal_code="61-655",
        locality="Poznań",
        phone="61 854 01 60",
        fax="61 852 14 41",
        email="sekretariat@oke.poznan.pl",
    )
