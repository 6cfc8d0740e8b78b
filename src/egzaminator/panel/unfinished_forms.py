from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.datastructures import MultiValueDictKeyError

View = Callable[..., HttpResponse]


def refuse_unfinished_forms(view: View) -> View:
    """Answer 400, with what to do, when a form of Wagtail's was sent before its script had put all fields into it.

    Wagtail's blocks read fields that only the script adds, and raise MultiValueDictKeyError where they are missing:
    quick fingers on a slow connection meet it. Nothing is saved then, and going back shows what was typed.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except MultiValueDictKeyError:
            return render(request, "panel/unfinished_form.html", status=400)

    return guarded
