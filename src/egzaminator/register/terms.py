"""What a list of examiners is asked for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The filters and search terms of a list. A filter that is "" or None lets everybody through."""

    search: str = ""
    """The beginning of a surname, or of "surname first names", as typed."""
    scope: int | None = None
    exam_kind: str = ""
    entry_state: str = ""
    account: str = ""
    email: str = ""
    voivodeship: str = ""

    @property
    def has_filters(self) -> bool:
        """Whether there is anything besides the search."""
        return self != Terms(search=self.search)
