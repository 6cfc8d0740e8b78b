"""Malformed input to Wagtail's screens is answered by 400 instead of a server error."""

import logging
import traceback
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import DataError, IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.response import SimpleTemplateResponse
from django.urls import NoReverseMatch
from wagtail.search.backends.base import FieldError, FilterError

View = Callable[..., HttpResponse]
_logger = logging.getLogger(__name__)

# What malformed input raises: invalid or too large numbers, invalid or unexpected JSON, missing fields and rows,
# characters that the database cannot store, redirect targets that do not exist, filters on fields that have none.
_RAISED_BY_READING: Final = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    ObjectDoesNotExist,
    ValidationError,
    DataError,
    IntegrityError,
    NoReverseMatch,
    FieldError,
    FilterError,
)


def refuse_unreadable_input(view: View) -> View:
    """Answer 400, with advice on what to do, when a Wagtail screen fails on the input of the request.

    Wagtail trusts its own scripts. It does not validate their numbers and JSON, and it reads fields that only scripts
    add, which are missing if somebody sends a form before the scripts have loaded over a slow connection. Nothing is
    saved then, and the browser's Back button shows what was typed. A screen that fails without any input is broken, and
    its exception is raised on as a server error.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            with transaction.atomic():
                return _rendered(view(request, *args, **kwargs))
        except _RAISED_BY_READING as error:
            if not request.GET and request.method != "POST":
                raise
            # Log the place, to help find a bug of the screen itself. The message is left out: it may quote the input.
            *_, (frame, line) = traceback.walk_tb(error.__traceback__)
            _logger.warning("What was sent could not be read by %s, line %s", frame.f_globals["__name__"], line)
            return render(request, "panel/unreadable_input.html", status=400)

    return guarded


def _rendered(response: HttpResponse) -> HttpResponse:
    """Render a lazy response now, because lists read their query string only while they are rendered."""
    return response.render() if isinstance(response, SimpleTemplateResponse) else response
