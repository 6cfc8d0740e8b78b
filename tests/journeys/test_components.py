"""The page of components in a real browser: it shows every class of the style sheets, and no component has barriers."""

import re

import pytest
from pytest_django.fixtures import Settings

from egzaminator.demo.components.sections import style_files
from egzaminator.demo.components.tokens import STYLES
from tests.demo import urls
from tests.journeys.visitor import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("default_pages", "make_dev")]

PATH = "/demo/elementy/?frame="
FRAMES = ("stranger", "examiner", "staff")
_CLASSES = "[...document.querySelectorAll('[class]')].flatMap(element => [...element.classList])"
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_CLASS = re.compile(r"\.([a-z][\w-]*)(?=[^{};]*\{)")


@pytest.fixture
def make_dev(settings: Settings) -> None:
    settings.DEMO = settings.DEBUG = True
    settings.ROOT_URLCONF = urls.__name__


@pytest.mark.parametrize("frame", FRAMES)
def test_no_component_has_barriers(visitor: Visitor, frame: str) -> None:
    visitor.open(PATH + frame)
    visitor.look_in_every_light()


def test_every_class_of_every_style_sheet_is_shown(visitor: Visitor) -> None:
    """Among the classes are those that scripts give."""
    shown: set[str] = set()
    for frame in FRAMES:
        visitor.page.goto(PATH + frame)
        shown.update(visitor.page.evaluate(_CLASSES))
    named = {name: _classes_of(name) for name in style_files()}

    assert {name: classes - shown for name, classes in named.items() if classes - shown} == {}
    assert {name for name, classes in named.items() if not classes} == {"fonts", "tokens", "focus"}


def _classes_of(name: str) -> set[str]:
    return set(_CLASS.findall(_COMMENT.sub("", (STYLES / f"{name}.css").read_text())))
