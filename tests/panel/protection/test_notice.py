import pytest
from django.test import Client
from wagtail.models import Page

from egzaminator.accounts.domain.privacy_notice import publish_notice, record_reading
from egzaminator.accounts.enums import AccountState
from egzaminator.accounts.models import Account, PrivacyNotice
from egzaminator.audit.actor import SYSTEM
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.cms.models import ArticlePage, BoardSettings
from egzaminator.core.board import current_board
from egzaminator.staff.roles import Role
from tests.helpers.concurrency import at_once
from tests.helpers.factories import PESELS, make_account, make_examiner, make_staff
from tests.helpers.html import fields_of, words_of
from tests.panel.staff_browser import browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
NEW, VERSIONS = "/panel/ochrona-danych/klauzula/nowa/", "/panel/ochrona-danych/klauzula/"


@pytest.fixture
def editor(default_pages: None) -> Client:
    return browser_of(make_staff(roles=[Role.EDITOR]))


def clause() -> ArticlePage:
    page: ArticlePage = ArticlePage.objects.get(slug="klauzula-informacyjna")
    return page


def change_clause(lead: str) -> None:
    page = clause()
    page.lead = lead
    page.save_revision().publish()


def publish(editor: Client, changes: str = "Nowy odbiorca.") -> str:
    answer = editor.post(NEW, fields_of(editor.get(NEW)) | {"changes": changes}, follow=True)
    return words_of(answer)


def test_the_text_of_the_page_is_shown_and_becomes_the_version(editor: Client) -> None:
    change_clause("Od jutra piszemy też listy.")
    assert "Od jutra piszemy też listy." in words_of(editor.get(NEW))
    assert "Opublikowano wersję" in publish(editor)
    notice = PrivacyNotice.objects.get()
    member = Account.objects.get(examiner=None)
    assert (notice.changes, notice.published_by) == ("Nowy odbiorca.", member.id)
    assert "Od jutra piszemy też listy." in notice.html.replace("\N{NO-BREAK SPACE}", " ")
    assert "<main" not in notice.html
    event = Event.objects.get(tag=Tag.PRIVACY_NOTICE_PUBLISHED)
    assert (event.actor, event.details) == (member.id, {"version": notice.version})
    words = words_of(editor.get(NEW))
    assert f"Obowiązuje wersja {notice.version}" in words
    assert "Żeby wydać nową, najpierw zmień stronę" in words


def test_the_text_names_the_board_as_the_page_itself_does(editor: Client) -> None:
    page = " ".join(words_of(Client().get(clause().url)).split())
    publish(editor)
    board, notice = current_board(), PrivacyNotice.objects.get()
    text = notice.html.replace("\N{NO-BREAK SPACE}", " ")
    for words in (board.name, board.street, board.email):
        assert words
        assert words in page
        assert words in text
    assert 'href="mailto:"' not in text


def test_the_same_text_is_not_published_twice(editor: Client) -> None:
    page = fields_of(editor.get(NEW)) | {"changes": "Nowy odbiorca."}
    assert editor.post(NEW, page).status_code == 302
    again = editor.post(NEW, page)
    assert "Ten tekst jest już obowiązującą wersją." in words_of(again)
    assert PrivacyNotice.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_publish_at_once_make_one_version() -> None:
    def one() -> str:
        try:
            return publish_notice(html="<p>Nowa</p>", changes="Nowa", by=SYSTEM).version
        except Exception as error:  # noqa: BLE001 -- the kind is asserted
            return type(error).__name__

    outcomes = at_once(*[one] * 4)
    assert sorted(outcomes)[1:] == ["NoticeUnchangedError"] * 3
    assert PrivacyNotice.objects.count() == 1


def test_two_versions_of_one_day_have_two_names(editor: Client) -> None:
    publish(editor)
    change_clause("I jeszcze raz.")
    publish(editor)
    first, second = PrivacyNotice.objects.order_by("id").values_list("version", flat=True)
    assert first.endswith("/1")
    assert second.endswith("/2")


def test_what_the_page_did_not_show_is_not_published(editor: Client) -> None:
    page = fields_of(editor.get(NEW)) | {"changes": "Nowy odbiorca."}
    change_clause("Zmienione w międzyczasie.")
    answer = editor.post(NEW, page)
    words = words_of(answer)
    assert "Strona z klauzulą zmieniła się w międzyczasie." in words
    assert "Zmienione w międzyczasie." in words
    assert "Nowy odbiorca." in words  # what was typed is kept
    assert not PrivacyNotice.objects.exists()
    assert editor.post(NEW, page | fields_of(answer)).status_code == 302


@pytest.mark.parametrize(
    ("changes", "told"), [("", "Napisz, co się zmieniło"), ("x" * 1001, "najwyżej w 1000 znakach")]
)
def test_a_wrong_text_is_told(editor: Client, changes: str, told: str) -> None:
    assert told in publish(editor, changes)
    assert not PrivacyNotice.objects.exists()


@pytest.mark.parametrize("what", ["not chosen", "not published", "private"])
def test_without_a_page_for_everybody_there_is_nothing_to_publish(editor: Client, what: str) -> None:
    page = fields_of(editor.get(NEW))
    if what == "not chosen":
        BoardSettings.objects.update(privacy_notice_page=None)
    elif what == "not published":
        Page.objects.filter(pk=clause().pk).update(live=False)
    else:
        clause().view_restrictions.create(restriction_type="login")
    assert "Nie ma opublikowanej strony z klauzulą." in words_of(editor.get(NEW))
    sent = editor.post(NEW, page | {"changes": "Nowy odbiorca."})
    assert "Nie ma opublikowanej strony z klauzulą." in words_of(sent)
    assert not PrivacyNotice.objects.exists()


def test_who_publishes_the_page_in_wagtail_is_led_to_the_new_version(default_pages: None, client: Client) -> None:
    client.force_login(make_staff())
    for slug, is_led in (("klauzula-informacyjna", True), ("numer-ewidencyjny", False)):
        page = ArticlePage.objects.get(slug=slug)
        fields = {"title": page.title, "slug": slug, "lead": "Nowy wstęp.", "body-count": "0", "go_live_at": ""}
        fields |= {"expire_at": "", "seo_title": "", "search_description": "", "action-publish": "1"}
        answer = client.post(f"/panel/strony/pages/{page.pk}/edit/", fields, follow=True)
        assert (f'href="{NEW}"' in answer.content.decode()) == is_led


def test_the_inspector_counts_who_was_shown_which_version(default_pages: None) -> None:
    inspector = browser_of(make_staff(roles=[Role.INSPECTOR]))
    assert "Nie ma jeszcze kont." in words_of(inspector.get(VERSIONS))
    people = [
        make_account(make_examiner(pesel=pesel, numbers=(f"{pesel}/1",)), email=f"{pesel}@example.org")
        for pesel in PESELS[:4]
    ]
    first = publish_notice(html="<p>1</p>", changes="Pierwsza.", by=SYSTEM)
    people[0].privacy_notice_readings.create(version="2026-11-22", read_at=people[0].created_at)
    for person in people[:3]:
        record_reading(account=person, version=first.version, ip=None)
    second = publish_notice(html="<p>2</p>", changes="Druga.", by=SYSTEM)
    record_reading(account=people[1], version=second.version, ip=None)
    Account.objects.filter(pk=people[2].pk).update(
        state=AccountState.CLOSED, is_active=False, barred_by="left", barred_at=people[2].created_at
    )
    words = words_of(inspector.get(VERSIONS))
    day = first.version.partition("/")[0]
    assert f"{second.version} obowiązuje {day}" in words
    assert "Druga. 1" in words
    assert "Pierwsza. 1" in words
    assert "Nie zapisano, jaką wersję widziały te osoby. 1" in words
    assert NEW not in inspector.get(VERSIONS).content.decode()
