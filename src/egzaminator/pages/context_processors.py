from typing import Any

from django.conf import settings
from django.http import HttpRequest

from egzaminator.kernel.board import current_board


def site(request: HttpRequest) -> dict[str, Any]:
    """Give what the frame around every screen shows."""
    return {"board": current_board(), "DEMO": settings.DEMO}
