"""The embedded PostgreSQL server, used when DATABASE_URL is not set (docs/decisions/0002)."""

from pathlib import Path
from typing import Any

from egzaminator.runtime.postgres.errors import EmbeddedServerError
from egzaminator.runtime.postgres.layout import NAME, PORT, layout_of
from egzaminator.runtime.postgres.server import hold

__all__ = ["EmbeddedServerError", "database_settings", "hold"]


def database_settings(data_dir: Path) -> dict[str, Any]:
    """Return Django's settings for the embedded server of a data folder. The first connection starts the server."""
    return {
        "ENGINE": "egzaminator.runtime.postgres.backend",
        "NAME": NAME,
        "USER": NAME,
        "HOST": str(layout_of(data_dir).socket_folder),
        "PORT": str(PORT),  # explicit, so that PGPORT in the environment cannot change it
        "DATA_DIR": str(data_dir),
    }
