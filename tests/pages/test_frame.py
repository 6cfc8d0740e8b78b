import pytest
from django.test import Client


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "other"),
    [
        ("/", "/en/"),
        ("/en/", "/"),
        ("/konto/logowanie/", "/en/konto/logowanie/"),
        ("/en/konto/haslo/", "/konto/haslo/"),
        ("/nie-ma/", "/en/"),
        ("/en/nie-ma/", "/"),
    ],
)
def test_leads_to_the_same_page_in_the_other_language(path, other):
    page = Client().get(path).content.decode()
    language = "pl" if path.startswith("/en/") else "en"
    assert f'<a href="{other}" lang="{language}" hreflang="{language}">' in page
    assert f'<html lang="{"en" if language == "pl" else "pl"}">' in page
