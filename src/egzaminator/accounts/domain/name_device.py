from typing import Final

# Each browser also names those it descends from: the first that is found is meant.
_BROWSERS: Final = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "Opera": "Opera",
    "Vivaldi/": "Vivaldi",
    "SamsungBrowser/": "Samsung Internet",
    "Firefox/": "Firefox",
    "FxiOS/": "Firefox",
    "CriOS/": "Chrome",
    "Chrome/": "Chrome",
    "Chromium/": "Chromium",
    "Safari/": "Safari",
}
_SYSTEMS: Final = {
    "Windows": "Windows",
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "CrOS": "ChromeOS",
    "Macintosh": "macOS",
    "Linux": "Linux",
}


def name_device(*, user_agent: str) -> str:
    """Take a User-Agent header; give what its owner knows the browser by, such as "Firefox, Windows".

    Gives "" when the header names nothing that is known. None of its own text is in the name.
    """
    parts = [_first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent)]
    return ", ".join(part for part in parts if part)


def _first(names: dict[str, str], user_agent: str) -> str:
    return next((name for mark, name in names.items() if mark in user_agent), "")
