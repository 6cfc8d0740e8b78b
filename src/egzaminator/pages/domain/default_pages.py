"""Which pages a new site gets. Their words stand in default_content/, one file a page."""

from dataclasses import dataclass
from typing import Any, Final

from egzaminator.pages.models import (
    ArticlePage,
    DeclarationPage,
    HomePage,
    NewsIndexPage,
    NewsPage,
    SectionPage,
)

HOME: Final = "strona-glowna"


@dataclass(frozen=True, slots=True)
class DefaultPage:
    """A page: its key, which is its file and (but for home) its address, its type, and where it is shown."""

    key: str
    kind: Any
    in_menu: bool = False
    english_title: str = ""
    setting: str = ""  # the field of BoardSettings that leads to it from every page's foot

    @property
    def parent(self) -> str:
        """The key of the page above."""
        return self.key.rpartition("/")[0] or HOME

    @property
    def slug(self) -> str:
        """The last part of the address."""
        return self.key.rpartition("/")[2]


# In the order in which menus and lists show them; a page stands after the one above it.
DEFAULT_PAGES: Final = (
    DefaultPage(HOME, HomePage),
    DefaultPage("aktualnosci", NewsIndexPage, in_menu=True, english_title="News"),
    DefaultPage("aktualnosci/serwis-dziala", NewsPage),
    DefaultPage("pomoc", SectionPage, in_menu=True, english_title="Help"),
    DefaultPage("pomoc/pierwsze-logowanie", ArticlePage),
    DefaultPage("pomoc/nie-moge-sie-zalogowac", ArticlePage),
    DefaultPage("pomoc/nie-ma-wiadomosci", ArticlePage),
    DefaultPage("pomoc/numer-ewidencyjny", ArticlePage),
    DefaultPage("pomoc/nie-pamietam-hasla", ArticlePage),
    DefaultPage("pomoc/dwuskladnikowe-logowanie", ArticlePage),
    DefaultPage("pomoc/konto-zablokowane", ArticlePage),
    DefaultPage("pomoc/zmiana-nazwiska", ArticlePage),
    DefaultPage("pomoc/zmiana-adresu", ArticlePage),
    DefaultPage("pomoc/zmiana-adresu-e-mail", ArticlePage),
    DefaultPage("klauzula-informacyjna", ArticlePage, setting="clause_page"),
    DefaultPage("deklaracja-dostepnosci", DeclarationPage, setting="accessibility_page"),
    DefaultPage("tekst-latwy-do-czytania", ArticlePage, setting="easy_to_read_page"),
)
