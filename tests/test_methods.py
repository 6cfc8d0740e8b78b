"""Every URL accepts the methods that its page is made for, and no others."""

import pytest
from django.test import Client

from tests.helpers.routes import routes, sample_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.mark.parametrize("method", ["TRACE", "PUT", "PATCH", "DELETE", "PROPFIND"])
def test_no_address_does_anything_by_a_method_that_no_page_of_ours_sends(method: str) -> None:
    client = Client(SERVER_NAME="localhost")
    walked, did = 0, set()
    for route, _ in routes():
        answer = client.generic(method, sample_of(route))
        walked += 1
        if answer.status_code < 300 or answer.status_code >= 500:
            did.add((route, answer.status_code))
    assert did == set()
    assert walked > 150
