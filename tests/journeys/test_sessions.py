import pytest
from playwright.sync_api import expect

from egzaminator.accounts.models import Session
from tests.helpers.factories import make_account, make_examiner
from tests.journeys.visitor import NewVisitor, Visitor

pytestmark = pytest.mark.journey
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Mobile/15E148 Safari/604.1"


def test_an_owner_sees_a_device_logs_it_out_and_reads_what_happened(visitor: Visitor, new_visitor: NewVisitor) -> None:
    make_account(make_examiner(numbers=("A-1",)))
    visitor.log_in()
    phone = new_visitor(width=320, user_agent=SAFARI)
    phone.log_in("A-1")
    phone.log_in()
    phone.is_at("/konto/")
    phone.page.get_by_role("link", name="Historia konta").click()
    phone.is_at("/konto/historia/")
    expect(phone.page.get_by_text("Odmowa zalogowania: 1 próba")).to_be_visible()
    phone.open("/konto/sesje/")
    visitor.page.get_by_role("link", name="Zalogowane urządzenia").click()
    visitor.is_at("/konto/sesje/")
    visitor.press("Wyloguj: Safari, iPhone")
    expect(visitor.page.get_by_text("Wylogowano 1 urządzenie.")).to_be_visible()
    visitor.look()
    phone.page.reload()
    phone.is_at("/konto/logowanie/?next=/konto/sesje/")
    visitor.open("/konto/historia/")
    expect(visitor.page.get_by_text("Nowe urządzenie przy logowaniu: Safari, iPhone")).to_be_visible()


def test_a_session_is_prolonged_by_typing_and_by_who_says_that_they_are_there(visitor: Visitor) -> None:
    make_account(make_examiner())
    visitor.log_in()
    visitor.page.clock.install()
    visitor.open("/konto/dane/")
    notice = visitor.page.get_by_role("alertdialog")
    visitor.page.clock.fast_forward("50:00")
    with visitor.page.expect_response("**/konto/sesje/wizyta/"):
        visitor.field("Miejscowość").fill("Gniezno")
    visitor.page.clock.fast_forward("50:00")
    expect(notice).to_be_hidden()
    visitor.field("Miejscowość").focus()
    visitor.page.clock.fast_forward("06:00")
    expect(notice.get_by_role("heading", name="Za pięć minut nastąpi wylogowanie")).to_be_focused()
    visitor.look()
    visitor.press("Tak, nie wylogowuj mnie")
    expect(notice).to_be_hidden()
    expect(visitor.field("Miejscowość")).to_be_focused()
    Session.objects.all().delete()
    visitor.page.clock.fast_forward("56:00")
    visitor.press("Tak, nie wylogowuj mnie")
    expect(notice.get_by_role("heading", name="Wylogowano cię")).to_be_focused()
    expect(visitor.field("Miejscowość")).to_have_value("Gniezno")
    visitor.look_at_an_error()
