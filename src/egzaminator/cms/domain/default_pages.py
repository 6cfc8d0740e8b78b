"""The list of pages that a new site gets. Their text is in `default_content/`, one file per page."""

from dataclasses import dataclass
from typing import Any, Final

from egzaminator.cms.models import ArticlePage, DeclarationPage, HomePage, NewsIndexPage, NewsPage, SectionPage

HOME: Final = "strona-glowna"


@dataclass(frozen=True, slots=True)
class DefaultPage:
    """A default page: its key, its page type, and where the site links to it.

    The key is the path of its file in `default_content/` without the suffix. Except for the home page, it is also the
    page's URL path without outer slashes.
    """

    key: str
    kind: Any
    in_menu: bool = False
    english_title: str = ""
    setting: str = ""  # the field of BoardSettings through which every footer links to it

    @property
    def parent(self) -> str:
        """The key of the parent page."""
        return self.key.rpartition("/")[0] or HOME

    @property
    def slug(self) -> str:
        """The last segment of the URL path."""
        return self.key.rpartition("/")[2]


# In the order of menus and lists. A page comes after its parent.
DEFAULT_PAGES: Final = (
    DefaultPage(HOME, HomePage),
    DefaultPage("aktualnosci", NewsIndexPage, in_menu=True, english_title="News"),
    DefaultPage("aktualnosci/serwis-dziala", NewsPage),
    DefaultPage("pomoc", SectionPage, in_menu=True, english_title="Help"),
    DefaultPage("pomoc/pierwsze-logowanie", ArticlePage),
    DefaultPage("pomoc/nie-moge-sie-zalogowac", ArticlePage),
    DefaultPage("pomoc/nie-ma-wiadomosci", ArticlePage),
    DefaultPage("pomoc/wiadomosci-od-komisji", ArticlePage),
    DefaultPage("pomoc/numer-ewidencyjny", ArticlePage),
    DefaultPage("pomoc/numer-pesel", ArticlePage),
    DefaultPage("pomoc/nie-pamietam-hasla", ArticlePage),
    DefaultPage("pomoc/dwuskladnikowe-logowanie", ArticlePage),
    DefaultPage("pomoc/konto-zablokowane", ArticlePage),
    DefaultPage("pomoc/zmiana-nazwiska", ArticlePage),
    DefaultPage("pomoc/zmiana-adresu", ArticlePage),
    DefaultPage("pomoc/zmiana-adresu-e-mail", ArticlePage),
    DefaultPage("pomoc/zmiana-hasla", ArticlePage),
    DefaultPage("pomoc/usuniecie-konta", ArticlePage),
    DefaultPage("pomoc/kontakt", ArticlePage),
    DefaultPage("klauzula-informacyjna", ArticlePage, setting="privacy_notice_page"),
    DefaultPage("deklaracja-dostepnosci", DeclarationPage, setting="accessibility_page"),
    DefaultPage("tekst-latwy-do-czytania", ArticlePage, setting="easy_to_read_page"),
)
