import pytest
from django.contrib.auth.models import Group
from django.test import Client
from wagtail.models import GroupPagePermission

from egzaminator.accounts.domain.accounts import invite_staff
from egzaminator.accounts.domain.passwords import reset_password
from egzaminator.cms.models import ArticlePage
from egzaminator.mail.catalogue import EmailKind
from tests.helpers.factories import PASSWORD
from tests.helpers.html import fields_of
from tests.helpers.links import mailed_token

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("default_pages"), pytest.mark.slow]
EMAIL = "jan@oke.example"


def test_who_is_invited_edits_and_publishes(browser: Client) -> None:
    invite_staff(name="Jan Nowak", email=EMAIL)
    account = reset_password(token=mailed_token(EmailKind.RESET, EMAIL), password=PASSWORD)
    assert not account.is_superuser
    browser.post("/konto/logowanie/", {"name": EMAIL, "secret": PASSWORD})
    page = ArticlePage.objects.get(slug="numer-ewidencyjny")
    edit = f"/panel/strony/pages/{page.pk}/edit/"
    token = fields_of(browser.get(edit))["csrfmiddlewaretoken"]
    answer = browser.post(
        edit,
        {
            "csrfmiddlewaretoken": token,
            "title": "Numer ewidencyjny",
            "slug": page.slug,
            "lead": page.lead,
            "body-count": "0",
            "action-publish": "action-publish",
        },
    )
    assert answer.status_code == 302
    assert "<h1>Numer ewidencyjny</h1>" in Client().get(page.url).content.decode()


@pytest.mark.parametrize(
    "path", ["", "pages/", "images/", "documents/", "redirects/", "settings/cms/boardsettings/", "images/add/"]
)
def test_staff_may_enter(browser: Client, path: str) -> None:
    invite_staff(name="Jan Nowak", email=EMAIL)
    reset_password(token=mailed_token(EmailKind.RESET, EMAIL), password=PASSWORD)
    browser.post("/konto/logowanie/", {"name": EMAIL, "secret": PASSWORD})
    assert browser.get(f"/panel/strony/{path}", follow=True).status_code == 200


def test_staff_may_no_more_than_edit_the_site() -> None:
    group = Group.objects.get(name="Pracownicy komisji")
    assert set(group.permissions.values_list("codename", flat=True)) == {
        "access_admin",
        "add_redirect",
        "change_redirect",
        "delete_redirect",
        "change_boardsettings",
    }
    assert set(GroupPagePermission.objects.filter(group=group).values_list("permission__codename", flat=True)) == {
        "add_page",
        "change_page",
        "publish_page",
    }
