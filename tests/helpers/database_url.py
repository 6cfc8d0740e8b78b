from urllib.parse import quote, urlencode

from django.db import connection


def database_url(name: str | None = None) -> str:
    """Return the URL of the tests' database, or of another one on its server, for a process that is not a test."""
    settings = connection.settings_dict
    options = {
        "host": settings["HOST"],
        "port": settings["PORT"],
        "user": settings["USER"],
        "password": settings["PASSWORD"],
    }
    query = urlencode({option: value for option, value in options.items() if value})
    return f"postgresql:///{quote(name or settings['NAME'])}?{query}"
