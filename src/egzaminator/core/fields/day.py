"""A day as an administrator types it."""

import datetime
from argparse import ArgumentTypeError

from django import forms
from django.core.exceptions import ValidationError


def typed_day(text: str) -> datetime.date:
    """Return the day from a command's argument: 22.11.2026 or 2026-11-22.

    Raise `ArgumentTypeError`, which the parser prints in words.
    """
    try:
        day: datetime.date = forms.DateField().clean(text)
    except ValidationError as error:
        raise ArgumentTypeError(" ".join(error.messages)) from None
    return day
