import json
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.images import ImageFile
from django.db import transaction
from wagtail.images.models import Image
from wagtail.models import Collection, Locale, Page, Site

from egzaminator.cms.domain.default_pages import DEFAULT_PAGES, HOME, DefaultPage
from egzaminator.cms.domain.read_content import IMAGES, read_content, read_title
from egzaminator.cms.models import BoardSettings, HomePage, LoadedPage

_Pages = dict[str, Page | None]
# Editors see them above the home page, and as the place of images and documents. Wagtail's own are English.
_ROOT: Final = "Cały serwis"
_ALL_FILES: Final = "Wszystkie pliki"


def load_pages() -> list[str]:
    """Create the default pages that were never loaded, with the site that they need.

    A page is loaded once in the life of a database: whatever staff later change, rename, move or delete stays that way.
    If staff already have a page at the URL of a default page, theirs counts as the default one. Return the URLs of the
    pages created, with an empty string for a page that has none.
    """
    with transaction.atomic():
        _require_site()
        pages: _Pages = {row.key: row.page for row in LoadedPage.objects.select_related("page")}
        new = [default for default in DEFAULT_PAGES if default.key not in pages and _make(default, pages)]
        for default in new:
            _fill(default, pages)
        _lead_to(new, pages)
    return [(page.url or "") if (page := pages[default.key]) else "" for default in new]


def require_roots() -> tuple[Page, Collection]:
    """Return the roots of Wagtail's pages and collections.

    Give them Polish names. Create them if missing: Wagtail makes them in a migration, which does not run again once a
    database is emptied.
    """
    Locale.objects.get_or_create(language_code=settings.LANGUAGE_CODE)
    page = Page.get_first_root_node() or Page.add_root(title=_ROOT, slug="root")
    if page.title != _ROOT:
        page.title = page.draft_title = _ROOT
        page.save(update_fields=["title", "draft_title"])
    collection = Collection.get_first_root_node() or Collection.add_root(name=_ALL_FILES)
    if collection.name != _ALL_FILES:
        collection.name = _ALL_FILES
        collection.save(update_fields=["name"])
    return page, collection


def _require_site() -> None:
    """Create the home page if missing, and set the site's host and port from `PUBLIC_BASE_URL`."""
    root, _ = require_roots()
    home = HomePage.objects.first()
    if home is None and not LoadedPage.objects.filter(key=HOME).exists():
        home = root.add_child(instance=HomePage(title=read_title(HOME), slug="home"))
    if home is None:
        return
    public = urlsplit(settings.PUBLIC_BASE_URL)
    host = {"hostname": public.hostname, "port": public.port or (443 if public.scheme == "https" else 80)}
    Site.objects.update_or_create(
        is_default_site=True,
        defaults=host,
        create_defaults=host | {"root_page": home, "site_name": home.title},
    )


def _make(default: DefaultPage, pages: _Pages) -> bool:
    """Create the page unpublished and record it as loaded. Return whether it still has to be filled with text."""
    if default.key == HOME:
        page = HomePage.objects.first()
        is_new = page is not None and page.latest_revision_id is None and not page.body
    else:
        above = pages.get(default.parent)
        if above is None:  # staff deleted the parent, so they want no page below it
            return False
        page = above.get_children().filter(slug=default.slug).first()
        is_new = page is None
        if is_new:
            page = default.kind(
                title=read_title(default.key), slug=default.slug, show_in_menus=default.in_menu, live=False
            )
            Page.objects.get(pk=above.pk).add_child(instance=page)
    pages[default.key] = page
    LoadedPage.objects.create(key=default.key, page=page)
    return is_new


def _fill(default: DefaultPage, pages: _Pages) -> None:
    """Write the default text into the page and publish it."""
    content = read_content(default.key, image=_make_image, link=partial(_link, pages))
    page: Any = default.kind.objects.get(pk=pages[default.key])
    page.title = content.title
    if hasattr(page, "body"):
        page.lead, page.body = content.lead, json.dumps(content.body)
        page.english_title = default.english_title
    for name, value in content.fields.items():
        setattr(page, name, value)
    page.save_revision(log_action=True).publish()  # logged, so that staff can revert to it from the page's history


def _make_image(name: str, alt: str) -> int:
    with (IMAGES / name).open("rb") as file:
        image = Image.objects.create(title=alt[:255], description=alt[:255], file=ImageFile(file, name=name))
    return int(image.pk)


def _link(pages: _Pages, url: str) -> str | None:
    """Return the stored attributes of a link: by page id for a default page, so that the link survives a move.

    Return None if staff deleted the page.
    """
    key = url.strip("/") or HOME
    if not any(default.key == key for default in DEFAULT_PAGES):
        return f'href="{url}"'
    page = pages.get(key)
    return f'linktype="page" id="{page.pk}"' if page else None


def _lead_to(new: list[DefaultPage], pages: _Pages) -> None:
    """Set the footer links of `BoardSettings` to the new pages meant for them, where a link is not set yet."""
    board = BoardSettings.load()
    names = [default.setting for default in new if default.setting and getattr(board, default.setting) is None]
    for default in new:
        if default.setting in names:
            setattr(board, default.setting, pages[default.key])
    if names:
        board.save()
