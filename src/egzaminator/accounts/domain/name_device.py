from typing import Final

# A browser's header also names the browsers that it descends from, so the first match in this order counts.
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
    """Return the name by which its owner knows a browser, such as "Firefox, Windows".

    Return "" if the User-Agent header names nothing known. None of the header's own text gets into the name.
    """
    parts = [_first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent)]
    return ", ".join(part for part in parts if part)


def _first(names: dict[str, str], user_agent: str) -> str:
    return next((name for mark, name in names.items() if mark in user_agent), "")
