"""The browser that tests and pictures are made with."""

import shutil

# Without its sandbox Chromium also runs as root. Without background networking it makes no requests of its own.
CHROMIUM_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


def chromium_path() -> str:
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(path for name in names if (path := shutil.which(name)))
