from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from egzaminator.kernel.requests import client_address
from egzaminator.onboarding import browser, clause
from egzaminator.onboarding.domain.claim_scope import WARNING, ClaimScope
from egzaminator.onboarding.domain.save_claim import FilledForm, save_claim
from egzaminator.onboarding.errors import AccountExistsError, EntryEndedError
from egzaminator.onboarding.forms import ClaimForm
from egzaminator.register.models import Entry, Examiner


class ClaimFormView(View):
    """The form of a first login."""

    @method_decorator(sensitive_post_parameters())
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Keep what is typed out of error reports."""
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the empty form to whoever has a scope that runs."""
        scope = browser.kept_scope(request)
        if scope is None or scope.is_over:
            return redirect("claim-status" if browser.proven_claim_id(request) else "login")
        return self.page(request, ClaimForm(scope=scope), scope)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Save the form, or show it again with everything that was typed and what is wrong with it."""
        scope = browser.kept_scope(request)
        if scope is None and browser.proven_claim_id(request):
            return redirect("claim-status")  # the second of two clicks on "Save"
        is_open = scope is not None and not scope.is_over
        context: dict[str, object] = {}
        if not is_open:
            reopened, context = self.log_in_again(request, scope)
            is_open = reopened is not None
            scope = reopened or scope
        form = ClaimForm(request.POST, scope=scope)
        # Checked in either case: who has to log in again should not learn afterwards that a field is wrong as well.
        if not (form.is_valid() and is_open and scope):
            return self.page(request, form, scope, **context)
        return self.save(request, form, scope)

    def save(self, request: HttpRequest, form: ClaimForm, scope: ClaimScope) -> HttpResponse:
        """Keep a checked form and go on to its status page."""
        filled = FilledForm(
            email=form.cleaned_data["email"],
            password_hash=form.password_hash,
            details=form.cleaned_details(),
            clause_version=clause.VERSION,
            language=get_language() or "pl",
        )
        try:
            claim = save_claim(scope=scope, form=filled, address=client_address(request))
        except AccountExistsError:
            return render(request, "onboarding/account_exists.html")
        except EntryEndedError:
            form.add_error(None, _("The number that you logged in with is no longer active. Log in with another one."))
            return self.page(request, form, scope)
        browser.exchange_scope(request, claim.id)
        return redirect("claim-status")

    def log_in_again(
        self, request: HttpRequest, scope: ClaimScope | None
    ) -> tuple[ClaimScope | None, dict[str, object]]:
        """Check the log-in fields that an outlived form carries.

        Takes the scope that ran out, if the browser has it still. Gives the scope that the form may be saved in, or
        None with what the page shows about logging in again.
        """
        raise NotImplementedError

    def page(self, request: HttpRequest, form: ClaimForm, scope: ClaimScope | None, **context: object) -> HttpResponse:
        """Render the form."""
        entry = Entry.objects.filter(pk=scope.entry_id).first() if scope else None
        examiner = Examiner.objects.filter(pk=scope.examiner_id).first() if scope else None
        return render(
            request,
            "onboarding/claim_form.html",
            {
                "form": form,
                "entry": entry,
                "examiner": examiner,
                "scope": scope,
                "seconds_left": scope.seconds_left if scope else 0,
                "warning_seconds": int(WARNING.total_seconds()),
                "prolong_url": reverse("claim-prolong"),
            }
            | context,
        )


@require_POST
def prolong(request: HttpRequest) -> HttpResponse:
    """Give the form another half hour. Answers the seconds left as JSON, or 409 when its time had run out before."""
    scope = browser.kept_scope(request)
    if scope is None or scope.is_over:
        return HttpResponse(status=409)
    prolonged = scope.prolonged()
    browser.keep_scope(request, prolonged)
    return JsonResponse({"seconds": prolonged.seconds_left})
