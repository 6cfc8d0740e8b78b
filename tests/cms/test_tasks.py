import datetime as dt
import re

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from wagtail.models import PageLogEntry

from egzaminator.accounts.models import Account
from egzaminator.cms.models import ArticlePage
from egzaminator.cms.tasks import publish_scheduled
from tests.helpers.factories import freeze, make_staff
from tests.helpers.html import words_of
from tests.helpers.public_site import make_home_page

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 22, 10, tzinfo=dt.UTC)


def test_a_page_appears_and_goes_when_its_time_has_come() -> None:
    client = Client()

    def status() -> int:
        publish_scheduled(0)
        return client.get("/przerwa/").status_code

    with time_machine.travel(NOW, tick=False) as clock:
        page = make_home_page().add_child(instance=ArticlePage(title="Przerwa", slug="przerwa", live=False))
        page.go_live_at = timezone.now() + dt.timedelta(minutes=5)
        page.expire_at = timezone.now() + dt.timedelta(minutes=10)
        page.save_revision().publish()
        assert status() == 404
        clock.shift(dt.timedelta(minutes=5, seconds=1))
        assert [status(), status()] == [200, 200]
        clock.shift(dt.timedelta(minutes=5))
        assert status() == 404


@pytest.mark.parametrize("is_live", [True, False])
def test_what_a_blocked_editor_set_a_time_for_waits_for_another(client: Client, *, is_live: bool) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        blocked, other = make_staff(email="zla@oke.example"), make_staff()
        home = make_home_page()
        for title, editor in (("Cudza", blocked), ("Wspolna", other)):
            page = home.add_child(instance=ArticlePage(title=title, slug=title.lower(), lead="Przedtem.", live=False))
            if is_live:
                page.save_revision().publish()
                page = ArticlePage.objects.get(pk=page.pk)
            page.lead = "Potem."
            page.go_live_at = timezone.now() + dt.timedelta(minutes=5)
            page.save_revision(user=editor).publish(user=editor)
        freeze(blocked)
        publish_scheduled(0)
        # A schedule that was dropped does not come back when the account is reopened.
        Account.objects.filter(pk=blocked.pk).update(state="active", is_active=True, barred_at=None, barred_by="")
        clock.shift(dt.timedelta(minutes=6))
        publish_scheduled(0)
        freeze(blocked)
        assert dict(ArticlePage.objects.live().values_list("slug", "lead")) == (
            {"cudza": "Przedtem.", "wspolna": "Potem."} if is_live else {"wspolna": "Potem."}
        )
        assert PageLogEntry.objects.get(action="wagtail.schedule.cancel").page.slug == "cudza"

        client.force_login(other)
        (told,) = re.findall(r"ma zablokowane konto.*?</section>", client.get("/panel/").content.decode(), re.DOTALL)
        assert re.findall(r">(Cudza|Wspolna)</a>", told) == ["Cudza"]
        waiting = ArticlePage.objects.get(slug="cudza").get_latest_revision()
        assert waiting.as_object().lead == "Potem."
        ArticlePage.objects.get(slug="cudza").save_revision(user=other).publish(user=other)
        assert "ma zablokowane konto" not in words_of(client.get("/panel/"))
