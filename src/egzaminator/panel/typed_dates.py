from collections.abc import Callable
from functools import wraps
from typing import Any

from wagtail.admin.widgets import AdminDateInput, AdminDateTimeInput, AdminTimeInput


def keep_typed_dates() -> None:
    """Have Wagtail's pickers leave alone what is typed into them.

    They would put the present moment in the place of what is no date, without a word: the server's error is the better
    answer.
    """
    for widget in (AdminDateInput, AdminTimeInput, AdminDateTimeInput):
        widget.get_config = _keeping(widget.get_config)


def _keeping(get_config: Callable[[Any], dict[str, Any]]) -> Callable[[Any], dict[str, Any]]:
    @wraps(get_config)
    def keeping(widget: Any) -> dict[str, Any]:
        return get_config(widget) | {"validateOnBlur": False}

    return keeping
