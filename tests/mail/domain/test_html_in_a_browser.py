"""How e-mails look with their style sheets: in narrow windows and wide ones, light and dark."""

import pytest
from playwright.sync_api import Browser

from egzaminator.mail.catalogue import EmailKind
from tests.helpers.mail import render_example
from tests.journeys.visitor import ColorScheme, Visitor

# Without a transaction around it, since a connection that is opened while Playwright's loop runs would stay open.
pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]  # an e-mail is no page: it needs no landmarks
BACKGROUNDS: dict[ColorScheme, str] = {"light": "rgb(242, 244, 247)", "dark": "rgb(20, 23, 27)"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", [EmailKind.ACTIVATION, EmailKind.ACTIVATED, EmailKind.BOARD_CONTACT])
def test_a_letter_can_be_read(chromium: Browser, kind: EmailKind, scheme: ColorScheme) -> None:
    html = render_example(kind).html
    with chromium.new_context(color_scheme=scheme) as context:
        visitor = Visitor(context.new_page())
        for width, letter_width in ((320, 320), (1280, 600)):
            visitor.page.set_viewport_size({"width": width, "height": 800})
            visitor.page.set_content(html)

            assert visitor.barriers(WCAG) == []
            assert visitor.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
            assert visitor.page.evaluate("getComputedStyle(document.body).backgroundColor") == BACKGROUNDS[scheme]
            assert visitor.page.evaluate("document.querySelector('.band').clientWidth") == letter_width
            # All of a button can be clicked: its link fills its cell.
            cells, links = visitor.page.locator(".action td"), visitor.page.locator(".action a")
            assert [cell.bounding_box() for cell in cells.all()] == [link.bounding_box() for link in links.all()]
        assert visitor.complaints == []
