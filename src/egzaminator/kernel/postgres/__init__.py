"""The embedded PostgreSQL server, for whoever has set no DATABASE_URL."""

from pathlib import Path
from typing import Any


def database_settings(data_dir: Path) -> dict[str, Any]:
    """Give Django's settings for the embedded server of a data folder."""
    raise NotImplementedError(data_dir)
