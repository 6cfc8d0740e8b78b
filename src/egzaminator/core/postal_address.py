"""Postal addresses in Poland, as envelopes have them."""

import json
import re
from typing import Final, NamedTuple

STREET_LENGTH: Final = 120
BUILDING_LENGTH: Final = 20
LOCALITY_LENGTH: Final = 100
_POSTAL_CODE: Final = re.compile(r"([0-9]{2})[ -]*([0-9]{3})")


class PostalAddress(NamedTuple):
    """An address to which letters go. A village may have no streets, and a house no flats."""

    street: str
    house_number: str
    flat_number: str
    postal_code: str
    """As `61-655`."""
    locality: str

    @property
    def lines(self) -> tuple[str, str]:
        """The two lines below a name on an envelope."""
        building = " m. ".join(filter(None, (self.house_number, self.flat_number)))
        return f"{self.street or self.locality} {building}", f"{self.postal_code} {self.locality}"

    def __str__(self) -> str:
        """Return the address in one line."""
        return ", ".join(self.lines)

    @property
    def as_json(self) -> str:
        """The address in the form in which it is encrypted."""
        return json.dumps(self, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "PostalAddress":
        """Return the address that `as_json` made a text of."""
        return cls(*json.loads(text))


def written_postal_code(text: str) -> str:
    """Return a postal code as `61-655`, also from `61655`, `61 655` or `61 - 655`; "" if the text is none."""
    match = _POSTAL_CODE.fullmatch(text)
    return "-".join(match.groups()) if match else ""
