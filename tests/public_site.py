"""The tree of public pages, where tests that commit have emptied the database."""

from wagtail.models import Locale, Page, Site

from egzaminator.pages.models import HomePage


def make_home_page() -> HomePage:
    """Give the home page, made anew with all that it stands on if it is not there."""
    Locale.objects.get_or_create(language_code="pl")
    root = Page.get_first_root_node() or Page.add_root(title="Root", slug="root")
    home = HomePage.objects.first() or root.add_child(
        instance=HomePage(title="Serwis egzaminatorów", slug="home", show_in_menus=False)
    )
    Site.objects.get_or_create(
        is_default_site=True, defaults={"hostname": "localhost", "site_name": home.title, "root_page": home}
    )
    return home
