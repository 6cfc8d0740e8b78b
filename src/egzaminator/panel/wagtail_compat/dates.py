from collections.abc import Callable
from functools import wraps
from typing import Any

from wagtail.admin.widgets import AdminDateInput, AdminDateTimeInput, AdminTimeInput


def keep_typed_dates() -> None:
    """Stop Wagtail's date pickers from changing what is typed into them.

    They would silently replace text that is no date by the current time. The server's error message is better.
    """
    for widget in (AdminDateInput, AdminTimeInput, AdminDateTimeInput):
        widget.get_config = _keeping(widget.get_config)


def _keeping(get_config: Callable[[Any], dict[str, Any]]) -> Callable[[Any], dict[str, Any]]:
    @wraps(get_config)
    def keeping(widget: Any) -> dict[str, Any]:
        return get_config(widget) | {"validateOnBlur": False}

    return keeping
