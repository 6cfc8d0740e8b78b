"""The staff's guides: every link, anchor, picture and label in them, in the panel and on the forge."""

import re
from pathlib import Path
from urllib.parse import unquote

import polib
import pytest
import wagtail
from django.conf import settings as project
from django.contrib.staticfiles import finders
from PIL import Image
from pytest_django.fixtures import Settings

from egzaminator.audit.retention_rules import RULES, Rule
from egzaminator.panel.guides import GUIDES, load_guide
from egzaminator.staff.roles import Role
from tests.helpers.factories import make_staff
from tests.helpers.html import Response
from tests.panel.staff_browser import browser_of

HELP = "/panel/pomoc/"
PICTURES = project.GUIDES_DIR / "obrazy"
MOST_BYTES = 1_500_000
LINK = re.compile(r"(?<!!)\[[^\]]+\]\((?P<file>[^)#]*)#?(?P<anchor>[^)]*)\)")
PICTURE = re.compile(r"!\[(?P<alt>[^\]]*)\]\((?P<path>[^)]+)\)")
LABEL = re.compile(r"\*\*(.+?)\*\*")
SOURCES = {slug: (project.GUIDES_DIR / f"{slug}.md").read_text() for slug in GUIDES}
# Without code that shows what a link or a label looks like.
PROSE = {slug: re.sub(r"`[^`\n]*(?:\]\(|\*\*)[^`\n]*`", "", source) for slug, source in SOURCES.items()}
OURS = (project.PACKAGE_DIR / "locale").glob("**/pl/LC_MESSAGES/*.po")
WAGTAILS = Path(wagtail.__file__).parent.glob("**/locale/pl/LC_MESSAGES/*.po")

# Samples for the board to complete. They have no pictures, and name few screens.
SAMPLES = ("rejestr-czynnosci", "ocena-skutkow")
each_guide = pytest.mark.parametrize("slug", GUIDES)
each_instruction = pytest.mark.parametrize("slug", [slug for slug in GUIDES if slug not in SAMPLES])


def ids_in(html: str) -> list[str]:
    return re.findall(r'\sid="([^"]+)"', html)


def links_in(page: Response) -> list[str]:
    """Return the links in what the page is about."""
    main = page.content.decode().partition("<main")[2].partition("</main>")[0]
    return re.findall(r'<a href="([^"]+)"', main)


def write_guide(folder: Path, body: str) -> None:
    (folder / "redakcja.md").write_text(f"# Strony\n\nKrótko o stronach.\n\n{body}\n")


def test_what_is_declared_is_what_there_is() -> None:
    assert {f"{slug}.md" for slug in GUIDES} == {path.name for path in project.GUIDES_DIR.glob("*.md")}
    known = frozenset().union(*(role.permissions for role in Role))
    assert {slug for slug, permissions in GUIDES.items() if not permissions or not permissions <= known} == set()


@each_guide
def test_a_guide_begins_with_its_title_and_a_sentence_and_has_tasks(slug: str) -> None:
    guide = load_guide(slug)
    assert SOURCES[slug].startswith(f"# {guide.title}\n\n{guide.summary}\n\n## {guide.tasks[0][1]}\n")
    assert len(guide.tasks) >= 5
    assert "<h1" not in guide.html


@each_guide
def test_every_link_leads_to_a_guide_and_a_heading(slug: str) -> None:
    files = [found.groups() for found in LINK.finditer(PROSE[slug])]
    for file, anchor in files:
        target = file.removesuffix(".md") if file else slug
        assert (file, target in GUIDES) == (file, True)
        assert not anchor or anchor in ids_in(load_guide(target).html), f"{file}#{anchor}"
    assert len(files) == load_guide(slug).html.count("<a ")


@pytest.mark.django_db
@each_guide
def test_every_link_of_the_panels_page_opens(slug: str) -> None:
    client = browser_of(make_staff())
    page = client.get(f"{HELP}{slug}/")
    ids = ids_in(page.content.decode())
    assert len(ids) == len(set(ids))
    links = links_in(page)
    assert len(links) >= len(load_guide(slug).tasks)
    for link in links:
        path, _, anchor = link.partition("#")
        target = client.get(path) if path else page
        assert (link, target.status_code) == (link, 200)
        assert not anchor or unquote(anchor) in ids_in(target.content.decode()), link


@each_instruction
def test_every_picture_is_there_and_is_described(slug: str) -> None:
    html = load_guide(slug).html
    for alt, path in PICTURE.findall(SOURCES[slug]):
        assert len(alt) >= 30, path
        with Image.open(project.GUIDES_DIR / path) as picture:
            size = f'width="{picture.width}" height="{picture.height}"'
        assert f'alt="{alt}" {size}' in html
        assert finders.find(f"guides/{Path(path).name}"), path
    assert html.count("<img ") == len(PICTURE.findall(SOURCES[slug])) > 0


def test_every_picture_is_shown_and_all_are_small() -> None:
    shown = {Path(path).name for source in SOURCES.values() for _, path in PICTURE.findall(source)}
    assert shown == {path.name for path in PICTURES.iterdir()}
    assert sum(path.stat().st_size for path in PICTURES.iterdir()) <= MOST_BYTES


@pytest.fixture(scope="module")
def words_on_screen() -> frozenset[str]:
    """All Polish texts of the product, as they are and with a capital, as a field's label begins."""
    entries = [entry for path in OURS for entry in polib.pofile(str(path))]
    translated_by_us = {(entry.msgctxt, entry.msgid) for entry in entries}
    wagtails = [entry for path in WAGTAILS for entry in polib.pofile(str(path))]
    entries += [entry for entry in wagtails if (entry.msgctxt, entry.msgid) not in translated_by_us]
    texts = {text.strip() for entry in entries for text in (entry.msgstr, *entry.msgstr_plural.values())}
    return frozenset(texts | {text[:1].upper() + text[1:] for text in texts})


@each_guide
def test_every_label_in_bold_is_a_text_of_a_screen(slug: str, words_on_screen: frozenset[str]) -> None:
    labels = LABEL.findall(PROSE[slug])
    assert len(labels) >= (1 if slug in SAMPLES else 15)
    assert {label for label in labels if label not in words_on_screen} == set()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_sample_of_the_register_has_every_retention_rule_with_its_period(rule: Rule) -> None:
    assert f"| {rule.what} | {rule.kept} |\n" in SOURCES["rejestr-czynnosci"]


@pytest.mark.parametrize("slug", SAMPLES)
def test_a_sample_has_places_that_the_board_completes(slug: str) -> None:
    assert SOURCES[slug].count("[komisja: ") >= 10
    assert SOURCES[slug].count("[") == SOURCES[slug].count("]")
    assert load_guide(slug).html.count("[komisja: ") == SOURCES[slug].partition("\n## ")[2].count("[komisja: ")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "useful"),
    [
        (Role.ADMINISTRATOR, ["administrator", "inspektor"]),
        (Role.RECORDS, ["pomoc-dzwoniacemu", "ewidencja"]),
        (Role.HELP_DESK, ["pomoc-dzwoniacemu"]),
        (Role.EDITOR, ["redakcja"]),
        (Role.INSPECTOR, ["inspektor", *SAMPLES]),
    ],
)
def test_the_guides_to_ones_own_work_come_first(role: Role, useful: list[str]) -> None:
    page = browser_of(make_staff(roles=[role])).get(HELP)
    others = [slug for slug in GUIDES if slug not in useful]
    assert links_in(page) == [f"{HELP}{slug}/" for slug in [*useful, *others]]
    cards = re.findall(r'<h2><a href="([^"]+)">', page.content.decode())
    assert cards == [f"{HELP}{slug}/" for slug in useful]


@pytest.mark.django_db
def test_whoever_may_do_nothing_reads_all() -> None:
    client = browser_of(make_staff(roles=[]))
    assert links_in(client.get(HELP)) == [f"{HELP}{slug}/" for slug in GUIDES]
    assert {client.get(f"{HELP}{slug}/").status_code for slug in GUIDES} == {200}


@pytest.mark.django_db
def test_a_guide_stands_below_the_help_and_can_be_printed() -> None:
    client = browser_of(make_staff())
    page = client.get(f"{HELP}redakcja/").content.decode()
    trail = page.partition('<nav class="breadcrumbs" aria-label="Jesteś tutaj">')[2].partition("</nav>")[0]
    assert '<a href="/panel/pomoc/">Pomoc</a>' in trail
    assert f'<li aria-current="page">{load_guide("redakcja").title}</li>' in trail
    assert re.search(r"<button [^>]*data-print>.*?Drukuj stronę", page, re.DOTALL)


@pytest.mark.django_db
@pytest.mark.parametrize("slug", ["nie-ma", "README", "obrazy"])
def test_nothing_but_the_guides_is_shown(slug: str) -> None:
    assert browser_of(make_staff()).get(f"{HELP}{slug}/").status_code == 404


def test_html_in_a_guide_is_text(settings: Settings, tmp_path: Path) -> None:
    settings.GUIDES_DIR = tmp_path
    write_guide(tmp_path, "## A <b>b</b>\n\n<script>alert(1)</script> i <img src=x onerror=alert(1)>")
    html = load_guide("redakcja").html
    assert [tag in html for tag in ("<script", "<img", "<b>")] == [False] * 3
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_a_heading_has_the_anchor_of_the_forge(settings: Settings, tmp_path: Path) -> None:
    settings.GUIDES_DIR = tmp_path
    write_guide(tmp_path, "## Gdy „nie działa”: Żółty `kod` (1) **e-mail**\n\n[tam](administrator.md#gdy) [tu](#gdy)")
    guide = load_guide("redakcja")
    assert guide.tasks == (("gdy-nie-działa-żółty-kod-1-e-mail", "Gdy „nie działa”: Żółty kod (1) e-mail"),)
    assert '<h2 id="gdy-nie-działa-żółty-kod-1-e-mail">' in guide.html
    assert '<a href="/panel/pomoc/administrator/#gdy">tam</a> <a href="#gdy">tu</a>' in guide.html


def test_a_wide_table_scrolls_under_its_headings_name(settings: Settings, tmp_path: Path) -> None:
    settings.GUIDES_DIR = tmp_path
    write_guide(tmp_path, "## Role\n\n| Rola | Dla kogo |\n|:--|--:|\n| Pomoc | telefony |")
    html = load_guide("redakcja").html
    assert (
        '<div class="table-scroll" role="region" aria-labelledby="role" tabindex="0"><table class="table--stacked">'
        in html
    )
    assert '<td data-column="Rola">Pomoc</td>\n<td data-column="Dla kogo">telefony</td>' in html
    assert html.rstrip().endswith("</table></div>")


def test_words_stay_together_but_commands_can_be_copied(settings: Settings, tmp_path: Path) -> None:
    settings.GUIDES_DIR = tmp_path
    write_guide(tmp_path, "## Wpisz\n\nZajrzyj w dziennik: `freeze_account a@b.example i wpisz`")
    html = load_guide("redakcja").html
    assert "w\N{NO-BREAK SPACE}dziennik" in html
    assert "<code>freeze_account a@b.example i wpisz</code>" in html
