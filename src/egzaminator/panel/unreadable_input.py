"""What Wagtail's screens can't read is refused, and is no error of the server's."""

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

# What reading raises: numbers that are none or too great, texts that are no JSON or other JSON, fields and rows that
# are not there, signs that the database keeps nowhere, ways on that lead nowhere, searches within what is not searched.
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
    """Answer 400, with what to do, when a screen of Wagtail's fails on what was sent to it.

    Wagtail trusts its own scripts: it takes their numbers and their JSON without a look, and reads fields that they
    alone add, which quick fingers on a slow connection forestall. Nothing is saved then, and going back shows what was
    typed. A screen that fails though nothing was sent to it is broken, and stays an error of the server's.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            with transaction.atomic():
                return _rendered(view(request, *args, **kwargs))
        except _RAISED_BY_READING as error:
            if not request.GET and request.method != "POST":
                raise
            # Where, for whoever looks for a fault of the screen's own; not what, which may be what was typed.
            *_, (frame, line) = traceback.walk_tb(error.__traceback__)
            _logger.warning("What was sent could not be read by %s, line %s", frame.f_globals["__name__"], line)
            return render(request, "panel/unreadable_input.html", status=400)

    return guarded


def _rendered(response: HttpResponse) -> HttpResponse:
    """Return a response that is rendered already: lists read what was asked for not before that."""
    return response.render() if isinstance(response, SimpleTemplateResponse) else response
