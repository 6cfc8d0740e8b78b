"""Form marks: an encrypted hidden field that binds a form to the person and the view that it was rendered for.

Two tabs of one browser share one session. A form that trusts the session alone acts on whoever logged in last, with
what another person typed. So each form carries a mark. The mark is encrypted, so it does not disclose the person, and
it is bound to the one view, with its arguments, that the form is sent to. A mark is not a permission: it grants no
access, and it does not expire.
"""

from typing import Final

from django.http import HttpRequest

from egzaminator.core.form_encryption import decrypt_from_form, encrypt_for_form

MARK_FIELD: Final = "whose"
_LONGEST: Final = 600  # characters; one of two UUIDs has some 200


def make_mark(subject: object, view: str, *args: object) -> str:
    """Return the mark of a form for a subject (the person the form is for) and for the view that receives the form.

    The view is given by its URL name and arguments.
    """
    return encrypt_for_form(str(subject), context=_context(view, args))


def own_mark(request: HttpRequest, subject: object) -> str:
    """Return the mark of a form that is sent to the view of the current request."""
    return make_mark(subject, *_view_of(request))


def marked_subject(request: HttpRequest) -> str:
    """Return the subject that the submitted form was rendered for.

    Return an empty string if the form has no mark, or a mark that is malformed, forged or made for another view.
    """
    mark = request.POST.get(MARK_FIELD, "")
    if not mark or len(mark) > _LONGEST:
        return ""
    view, *args = _view_of(request)
    return decrypt_from_form(mark, context=_context(str(view), tuple(args))) or ""


def is_marked_for(request: HttpRequest, subject: object) -> bool:
    """Return whether the submitted form was rendered for this subject and this view."""
    return marked_subject(request) == str(subject)


def _view_of(request: HttpRequest) -> tuple[str, *tuple[object, ...]]:
    match = request.resolver_match
    return (match.view_name, *match.kwargs.values()) if match else ("",)


def _context(view: str, args: tuple[object, ...]) -> str:
    return "form:" + " ".join([view, *map(str, args)])
