"""The effect of forms.js and the styles on a form, in Chromium."""

from collections.abc import Iterator
from typing import Any, Protocol

import pytest
from axe_playwright_python.sync_playwright import Axe
from django import forms
from django.conf import settings
from django.template import Context, Template
from django.utils import translation
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from egzaminator.accounts.forms import DetailsForm

pytestmark = pytest.mark.journey

POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; form-action 'self'"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COMPLAINTS = {"error", "warning"}
ADDRESS = "http://localhost/form"
SUGGESTIONS = ["wydra-lampa-zegar-mostek", "topola-kubek-sowa-perkusja"]

FORM = Template(
    """<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>A form</title>
        <link rel="stylesheet" href="/css/site.css"><script src="/js/forms.js" defer></script>
      </head>
      <body>
        <a class="skip-link" href="#content">Skip to the content</a>
        <aside aria-label="Demo" class="demo-banner">This is a demo. <a href="/mail">Received e-mail</a></aside>
        <header class="site-header">
          <div class="site-band">
            <p class="site-brand"><a href="/"><strong>Service</strong> <span>Board</span></a></p>
          </div>
          <nav class="site-account" aria-label="Account"><a href="/en/">English</a></nav>
        </header>
        <section aria-label="Log in">
          <details class="login-box" open><summary>Log in</summary><p class="hint">At first login</p></details>
        </section>
        <nav class="breadcrumbs" aria-label="Breadcrumbs">
          <ol><li><a href="/">Home</a></li><li aria-current="page">A form</li></ol>
        </nav>
        <main class="site-main" id="content" tabindex="-1">
          {% include "forms/error_summary.html" %}
          <h1>A form</h1>
          {% for kind in kinds %}
            <div class="notice notice--{{ kind }}"><p>A notice <a href="/">with a link</a></p></div>
          {% endfor %}
          <dl class="summary-list">
            <dt>A rather long name of a datum</dt><dd>andits@rather-long-value.example.com</dd>
          </dl>
          <form method="post" action="/form" novalidate data-submit-once>
            {{ passwords.new_password.as_field_group }}{{ passwords.repeated_password.as_field_group }}
            {% for fieldset in form.fieldsets %}{% include "forms/fieldset.html" %}{% endfor %}
            <button class="button" type="submit">Save</button>
            <button class="button button--secondary" type="button">Another</button>
          </form>
        </main>
        <footer class="site-footer"><h2>Help</h2><p><a href="tel:+48618540160">61 854 01 60</a></p></footer>
      </body>
    </html>"""
)
Data = dict[str, str] | None
EVERY_MISTAKE = {"country": "PL", "has_correspondence_address": "on", "employment": "school"}


class OpenForm(Protocol):
    def __call__(self, data: Data = None, **options: Any) -> Page:
        """Open a form with these answers in a new page. `options` are Playwright's, of `new_context`."""


class PasswordForm(forms.Form):
    use_required_attribute = False

    new_password = forms.CharField(
        label="New password",
        help_text="At least 15 characters",
        widget=forms.PasswordInput(
            attrs={
                "autocomplete": "new-password",
                "data-min-length": 15,
                "data-suggestions": " ".join(SUGGESTIONS),
            }
        ),
    )
    repeated_password = forms.CharField(
        label="Repeat the password", widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )


def html(data: Data) -> str:
    with translation.override("en"):
        return FORM.render(
            Context(
                {
                    "form": DetailsForm(data),
                    "passwords": PasswordForm(data),
                    "kinds": ["info", "success", "warning", "error"],
                }
            )
        )


@pytest.fixture
def sent() -> list[str | None]:
    """Bodies of the POST requests sent by pages."""
    return []


@pytest.fixture
def open_form(chromium: Browser, sent: list[str | None]) -> Iterator[OpenForm]:
    """Return a function that opens a form in a new page. Any complaint of the browser fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_(data: Data = None, **options: Any) -> Page:
        context = chromium.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type in COMPLAINTS else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))

        def answer(route: Route) -> None:
            request = route.request
            if request.method == "POST":
                sent.append(request.post_data)
                # After 204 No Content the browser stays on the page, as it does while it waits for a slow server.
                route.fulfill(status=204)
            elif request.url.endswith((".css", ".js", ".woff2")):
                route.fulfill(path=settings.STATIC_ROOT / request.url.removeprefix("http://localhost/"))
            elif request.url == ADDRESS:
                route.fulfill(body=html(data), content_type="text/html", headers={"Content-Security-Policy": POLICY})
            else:
                route.fulfill(status=204)

        page.route("**/*", answer)
        page.goto(ADDRESS)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []


def is_shown(page: Page, *labels: str) -> list[bool]:
    return [page.get_by_label(label, exact=True).is_visible() for label in labels]


@pytest.mark.parametrize(
    ("data", "width", "colour_scheme"),
    [(EVERY_MISTAKE, 320, "light"), (None, 1280, "light"), (None, 320, "dark"), (EVERY_MISTAKE, 1280, "dark")],
)
def test_a_form_has_no_barrier(open_form: OpenForm, data: Data, width: int, colour_scheme: str) -> None:
    page = open_form(data, viewport={"width": width, "height": 800}, color_scheme=colour_scheme)
    results = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}})
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in results.response["violations"]] == []
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width


def test_the_summary_has_the_focus_and_leads_to_the_field(open_form: OpenForm) -> None:
    page = open_form(EVERY_MISTAKE)
    assert page.evaluate("document.activeElement.className") == "error-summary"
    page.get_by_role("link", name="Enter your surname").click()
    assert page.evaluate("document.activeElement.id") == "id_surname"


def test_a_form_without_mistakes_leaves_the_focus_alone(open_form: OpenForm) -> None:
    assert open_form().evaluate("document.activeElement.tagName") == "BODY"


def test_the_voivodeship_is_asked_in_poland(open_form: OpenForm) -> None:
    page = open_form()
    assert is_shown(page, "Voivodeship") == [True]
    page.get_by_label("Country", exact=True).select_option("DE")
    assert is_shown(page, "Voivodeship") == [False]
    page.get_by_label("Country", exact=True).select_option("PL")
    assert is_shown(page, "Voivodeship") == [True]


def test_the_correspondence_address_is_asked_when_it_differs(open_form: OpenForm) -> None:
    page = open_form()
    block = page.get_by_role("group", name="Correspondence address")
    box = page.get_by_label("The correspondence address is different from the home address")
    assert not block.is_visible()
    box.check()
    assert block.is_visible()
    assert is_shown(page, "Street (correspondence)") == [True]
    box.uncheck()
    assert not block.is_visible()


def test_the_workplace_is_asked_of_the_employed(open_form: OpenForm) -> None:
    page = open_form()
    labels = ["Name of the school or other workplace", "Address of the workplace", "RSPO number (if you know it)"]
    for kind, expected in (("school", True), ("retired", False), ("employer", True), ("", False)):
        page.get_by_label("Employment", exact=True).select_option(kind)
        assert is_shown(page, *labels) == [expected] * 3


def test_what_was_answered_is_shown_when_the_form_comes_back(open_form: OpenForm) -> None:
    page = open_form(EVERY_MISTAKE)
    assert is_shown(page, "Street (correspondence)", "Address of the workplace") == [True, True]


def test_without_the_script_everything_is_there_and_nothing_is_dead(open_form: OpenForm) -> None:
    page = open_form(java_script_enabled=False)
    assert is_shown(page, "Voivodeship", "Street (correspondence)", "Address of the workplace") == [True] * 3
    assert [button.inner_text() for button in page.get_by_role("button").all()] == ["Save", "Another"]


def test_a_password_is_shown_on_demand_and_sent_hidden(open_form: OpenForm) -> None:
    page = open_form()
    field = page.get_by_label("Repeat the password")
    button = page.get_by_role("button", name="Show password").last
    assert (field.get_attribute("type"), button.get_attribute("aria-pressed")) == ("password", "false")
    button.click()
    assert (field.get_attribute("type"), button.get_attribute("aria-pressed")) == ("text", "true")
    button.click()
    assert (field.get_attribute("type"), button.get_attribute("aria-pressed")) == ("password", "false")
    button.click()
    page.get_by_role("button", name="Save").click()
    expect(field).to_have_attribute("type", "password")


def test_the_strength_is_told_while_typing(open_form: OpenForm) -> None:
    page = open_form()
    field = page.get_by_label("New password")
    seen, heard = page.locator(".password__strength"), page.locator("[aria-live=polite]")
    for typed, said in (
        ("żółty", "5 of at least 15 characters"),
        ("🐎🐎", "2 of at least 15 characters"),
        ("aaaaaaaaaaaaaaa", "Too many repeated characters"),
        ("ab1ab1ab1ab1ab1a", "Too many repeated characters"),
        ("cztery losowe słowa", "Long enough"),
        ("", ""),
    ):
        field.fill(typed)
        assert seen.inner_text() == said
    field.fill("abc")
    expect(heard).to_have_text("3 of at least 15 characters")


def test_a_suggestion_fills_both_fields_and_is_shown(open_form: OpenForm) -> None:
    page = open_form()
    field, repeated = page.get_by_label("New password"), page.get_by_label("Repeat the password")
    for suggestion in (*SUGGESTIONS, SUGGESTIONS[0]):
        page.get_by_role("button", name="Suggest four words").click()
        assert (field.input_value(), repeated.input_value()) == (suggestion, suggestion)
    assert field.get_attribute("type") == "text"
    assert page.get_by_role("button", name="Show password").first.get_attribute("aria-pressed") == "true"
    assert page.get_by_role("status").filter(has_text="A password of four words is filled in").count() == 1


def test_errors_of_a_password_vanish_with_the_password_they_speak_of(open_form: OpenForm) -> None:
    page = open_form({"phone": "x"})
    errors, links = page.locator(".error-message"), page.locator(".error-summary a")
    passwords = page.locator("#id_new_password_error, #id_repeated_password_error")
    others = errors.count() - 2
    field = page.get_by_label("New password")
    field.fill("too short")
    assert (passwords.count(), field.get_attribute("aria-invalid")) == (2, "true")

    page.get_by_role("button", name="Suggest four words").click()

    assert (passwords.count(), errors.count(), links.count(), field.get_attribute("aria-invalid")) == (
        0,
        others,
        others,
        None,
    )
    assert field.get_attribute("aria-describedby") == "id_new_password_helptext"
    assert others > 0


def test_a_password_tells_that_caps_lock_is_on(open_form: OpenForm) -> None:
    page = open_form()
    field = page.get_by_label("New password")
    hint = page.get_by_role("status").filter(has_text="Caps Lock is on")
    for is_on in (True, False):
        field.dispatch_event("keydown", {"key": "A", "modifierCapsLock": is_on})
        assert hint.count() == is_on


def test_two_clicks_send_once_until_the_page_is_shown_again(open_form: OpenForm, sent: list[str | None]) -> None:
    page = open_form()
    save = page.get_by_role("button", name="Save")
    save.dblclick()
    save.click(force=True)
    assert (len(sent), save.get_attribute("aria-disabled"), save.inner_text()) == (1, "true", "Save")
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    assert save.get_attribute("aria-disabled") is None
    with page.expect_request(lambda request: request.method == "POST"):
        save.click()
    assert len(sent) == 2
