"""Lets the test client send the hidden mark of our forms: whom the form was made for."""

from typing import Any, Final

import pytest
from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest
from django.test import Client
from django.urls import Resolver404, resolve

from egzaminator.accounts.own_forms import own_form_of
from egzaminator.core.form_marks import MARK_FIELD, make_mark
from egzaminator.onboarding.domain.grant import ClaimGrant
from egzaminator.onboarding.session import current_grant, proven_claim
from tests.helpers.html import Response

_OF_SCOPES: Final = ("claim-form", "claim-prolong")


def add_marks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Add the mark to every POST without one: the mark of the page that the same browser would be shown."""
    post = Client.post

    def post_marked(self: Client, path: str, data: Any = None, *args: Any, **kwargs: Any) -> Response:
        fields = {} if data is None else data
        if isinstance(fields, dict) and MARK_FIELD not in fields and not (args or "content_type" in kwargs):
            mark = mark_of(self, path)
            data = {**fields, MARK_FIELD: mark} if mark else data
        return post(self, path, data, *args, **kwargs)

    monkeypatch.setattr(Client, "post", post_marked)


def mark_of(client: Client, path: str) -> str:
    """Return the mark that a form shown to this browser now would send to a path, or `""` where it has none."""
    if settings.SESSION_COOKIE_NAME not in client.cookies:
        return ""
    try:
        match = resolve(path.partition("?")[0])
    except Resolver404:
        return ""
    request = HttpRequest()
    request.session = client.session
    request.user = get_user(request)
    if match.view_name in _OF_SCOPES:
        claim, scope = proven_claim(request), current_grant(request)
        if claim and scope is None:
            scope = ClaimGrant(claim.grant_id, claim.examiner_id, claim.entry_id, claim.created_at)
        subject = scope.to_mark() if scope else ""
    elif match.view_name == "session-visit":
        subject = str(request.user.pk or "")
    else:
        form = own_form_of(match.func)
        subject = form.subject(request) if form else ""
    return make_mark(subject, match.view_name, *match.kwargs.values()) if subject else ""
