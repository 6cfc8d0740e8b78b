"""The page with the form of a first login, and the request that prolongs its claim grant."""

from http import HTTPStatus
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST

from egzaminator.accounts.own_forms import NO_COOKIES, OUTDATED
from egzaminator.core.form_marks import is_marked_for, make_mark, marked_subject
from egzaminator.core.requests import client_ip
from egzaminator.core.typed_text import TRANSLATE_FIELD
from egzaminator.onboarding import privacy_notice, session
from egzaminator.onboarding.domain.claims import FilledForm, save_claim
from egzaminator.onboarding.domain.grant import WARNING, ClaimGrant, reencrypt_password
from egzaminator.onboarding.errors import AccountExistsError, EntryEndedError
from egzaminator.onboarding.forms import ClaimForm
from egzaminator.register.models import Entry, Examiner

_SOMEBODY_ELSE: Final = gettext_lazy("Somebody else has logged in in this browser meanwhile. Nothing was saved.")
_LOGGED_OUT: Final = gettext_lazy("You are no longer logged in in this browser. Nothing was saved.")


class ClaimFormView(View):
    """The form of a first login. A subclass adds the log-in fields of an expired form.

    Its template extends `onboarding/claim_form.html` and says why a log-in in the form was refused.
    """

    template_name: str

    @method_decorator(gzip_page)  # a URL adds nothing to this page, and its token changes each time (decision 19)
    @method_decorator(sensitive_post_parameters())
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Keep what was typed out of error reports."""
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the empty form to a browser with a valid claim grant; redirect any other."""
        grant = session.current_grant(request)
        if grant is None or grant.is_over:
            return redirect("claim-status" if session.proven_claim_id(request) else "login")
        return self.page(request, ClaimForm(grant=grant), grant, {})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Save the form, or show it again with everything that was typed and what is wrong with it."""
        if TRANSLATE_FIELD in request.POST:
            return self.show_again(request, status=HTTPStatus.OK)
        marked, kept = marked_grant(request), session.current_grant(request)
        if marked and session.has_saved(request, marked):
            return redirect("claim-status")  # the second of two clicks on "Save"
        if kept and not kept.is_over and not (marked and marked.id == kept.id) and _are_of_one(marked, kept):
            return self.show_again(request, status=HTTPStatus.CONFLICT)
        grant = kept if kept and marked and kept.id == marked.id else marked
        is_open = grant is not None and not grant.is_over
        context: dict[str, object] = {}
        if not is_open:
            reopened, context = self.log_in_again(request, grant)
            is_open = reopened is not None
            context = {"reason": _reason(request, marked)} | context
            grant = reopened or grant
        form = ClaimForm(request.POST, grant=grant)
        # Validated in either case: whoever has to log in again should see all wrong fields now, not only after the
        # log-in.
        if not (form.is_valid() and is_open and grant and marked):
            return self.page(request, form, grant, context)
        return self.save(request, form, grant)

    def show_again(self, request: HttpRequest, *, status: int) -> HttpResponse:
        """Show the form with what was typed, and save nothing.

        The form stays bound to the person it was made for. To everybody else it shows the two log-in fields on top, and
        nothing of the person who has logged in meanwhile.
        """
        marked, kept = marked_grant(request), session.current_grant(request)
        is_theirs = kept is not None and not kept.is_over and _are_of_one(marked, kept)
        grant = kept if is_theirs else marked
        sent = request.POST.copy()
        if is_theirs and kept and marked:
            sent["encrypted_password"] = reencrypt_password(
                encrypted=sent.get("encrypted_password", ""), grant_id=marked.id, to_grant_id=kept.id
            )
        form = ClaimForm(sent, grant=grant)
        if status == HTTPStatus.OK:
            return self.page(request, form.unchecked(), grant, {} if is_theirs else self.login_fields())
        form.is_valid()
        context = {"reason": _reason(request, marked)} | self.login_fields()
        return self.page(request, form, grant, {"notice": OUTDATED} if is_theirs else context, status=status)

    def save(self, request: HttpRequest, form: ClaimForm, grant: ClaimGrant) -> HttpResponse:
        """Save a valid form and go on to its status page."""
        filled = FilledForm(
            email=form.cleaned_data["email"],
            password_hash=form.password_hash,
            details=form.cleaned_details(),
            privacy_notice_version=privacy_notice.version_shown(form.cleaned_data["privacy_notice"]),
            language=get_language() or "pl",
        )
        try:
            claim = save_claim(grant=grant, form=filled, ip=client_ip(request))
        except AccountExistsError:
            return render(request, "onboarding/account_exists.html")
        except EntryEndedError:
            form.add_error(None, _("The number that you logged in with is no longer active. Log in with another one."))
            return self.page(request, form, grant, {})
        session.replace_grant(request, claim.id)
        return redirect("claim-status")

    def log_in_again(
        self, request: HttpRequest, grant: ClaimGrant | None
    ) -> tuple[ClaimGrant | None, dict[str, object]]:
        """Check the log-in fields that an expired form carries.

        `grant` is the claim grant that has expired, if it is known. Return the grant that the form may be saved under,
        or None with the template context that asks to log in again.
        """
        raise NotImplementedError

    def login_fields(self) -> dict[str, object]:
        """Return the empty log-in fields, as template context."""
        raise NotImplementedError

    def page(
        self,
        request: HttpRequest,
        form: ClaimForm,
        grant: ClaimGrant | None,
        context: dict[str, object],
        *,
        status: int = HTTPStatus.OK,
    ) -> HttpResponse:
        """Render the form."""
        entry = Entry.objects.filter(pk=grant.entry_id).first() if grant else None
        examiner = Examiner.objects.filter(pk=grant.examiner_id).first() if grant else None
        return render(
            request,
            self.template_name,
            {
                "form": form,
                "entry": entry,
                "examiner": examiner,
                "grant": grant,
                "seconds_left": grant.seconds_left if grant else 0,
                "warning_seconds": int(WARNING.total_seconds()),
                "prolong_url": reverse("claim-prolong"),
                "prolong_mark": make_mark(grant.to_mark(), "claim-prolong") if grant else "",
                "hint": "" if request.COOKIES else NO_COOKIES,
            }
            | context,
            status=status,
        )


def marked_grant(request: HttpRequest) -> ClaimGrant | None:
    """Return the claim grant that the form's mark names, as an expired one, or None without a valid mark."""
    marked = marked_subject(request)
    return ClaimGrant.from_mark(marked) if marked else None


@require_POST
def prolong(request: HttpRequest) -> HttpResponse:
    """Prolong the claim grant to 30 minutes from now.

    Respond with the seconds left as JSON, or with status 409 if the grant had expired or the form was made under
    another one.
    """
    grant = session.current_grant(request)
    if grant is None or grant.is_over or not is_marked_for(request, grant.to_mark()):
        return HttpResponse(status=409)
    prolonged = grant.prolonged()
    session.keep_grant(request, prolonged)
    return JsonResponse({"seconds": prolonged.seconds_left})


def _are_of_one(marked: ClaimGrant | None, kept: ClaimGrant) -> bool:
    """Return whether a form may be shown under a grant: it was made for the same examiner, or has no mark."""
    return marked is None or marked.examiner_id == kept.examiner_id


def _reason(request: HttpRequest, marked: ClaimGrant | None) -> Promise | None:
    """Return why the form shows the log-in fields; None if it has expired and nothing else happened."""
    kept = session.current_grant(request)
    if kept and marked and kept.id == marked.id:
        return None
    is_somebody = kept or session.proven_claim_id(request) or request.user.is_authenticated
    return _SOMEBODY_ELSE if is_somebody else _LOGGED_OUT
