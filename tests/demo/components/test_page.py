"""The page of components: that it leaves no style sheet out, and that developers alone can reach it."""

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from egzaminator.demo.components.sections import style_files
from egzaminator.demo.components.tokens import STYLES
from tests.demo import urls

PATH = "/demo/elementy/"


@pytest.fixture
def make_run(settings: Settings) -> None:
    settings.DEMO = True
    settings.ROOT_URLCONF = urls.__name__


@pytest.fixture
def make_dev(make_run: None, settings: Settings) -> None:
    settings.DEBUG = True


@pytest.mark.django_db
@pytest.mark.usefixtures("make_dev")
def test_every_style_sheet_has_a_section_in_the_order_of_the_layers(client: Client) -> None:
    response = client.get(PATH)

    assert response.status_code == 200
    assert [section.name for section in response.context["sections"]] == style_files()
    # The panel links its own after the others.
    panel = {"panel", "panel-imports", "panel-lists", "panel-person"}
    assert {*style_files(), "site"} | panel == {path.stem for path in STYLES.glob("*.css")}
    assert all(section.about and section.examples for section in response.context["sections"])


@pytest.mark.django_db
@pytest.mark.usefixtures("make_dev")
@pytest.mark.parametrize(
    ("frame", "link"),
    [("", "Zaloguj się"), ("stranger", "Zaloguj się"), ("examiner", "Moje konto"), ("staff", "Panel pracownika")],
)
def test_it_stands_in_each_frame(client: Client, frame: str, link: str) -> None:
    page = client.get(PATH, {"frame": frame}).content.decode()

    header = page.partition('<div class="site-bar">')[2].partition("</header>")[0]
    assert link in header


@pytest.mark.django_db
@pytest.mark.usefixtures("make_run")
def test_it_is_not_there_without_debug_pages(client: Client) -> None:
    assert client.get(PATH).status_code == 404


@pytest.mark.django_db
def test_it_is_not_there_outside_a_demo(client: Client, settings: Settings) -> None:
    settings.DEBUG = True

    assert client.get(PATH).status_code == 404
