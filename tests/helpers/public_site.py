"""The tree of public pages, for a database that tests with commits have emptied."""

from wagtail.models import Locale, Page, Site

from egzaminator.cms.models import HomePage

_TEXT = '<h2>Gdzie szukać</h2><p>W decyzji. <a href="/pomoc/">Pomoc</a>, <a href="https://example.org/x">wzór</a></p>'
EVERY_BLOCK = [
    {"type": "text", "value": _TEXT},
    *({"type": "callout", "value": {"tone": tone, "text": "<p>Uwaga</p>"}} for tone in ("info", "warning", "success")),
    {
        "type": "steps",
        "value": [{"type": "item", "id": "1", "value": {"title": "Zaloguj się", "text": "<p>Teraz</p>"}}],
    },
    {
        "type": "table",
        "value": {
            "caption": "Foldery",
            "columns": [{"type": "text", "heading": "Poczta"}, {"type": "text", "heading": "Folder"}],
            "rows": [{"values": ["<p>Gmail</p>", "<p>Spam</p>"]}],
        },
    },
]


def make_home_page() -> HomePage:
    """Return the home page. Create it, with all that it needs, if it is not there."""
    Locale.objects.get_or_create(language_code="pl")
    root = Page.get_first_root_node() or Page.add_root(title="Root", slug="root")
    home: HomePage = HomePage.objects.first() or root.add_child(
        instance=HomePage(title="Konto egzaminatora", slug="home", show_in_menus=False)
    )
    Site.objects.get_or_create(
        is_default_site=True, defaults={"hostname": "localhost", "site_name": home.title, "root_page": home}
    )
    return home
