"""The browser that tests and pictures are made with."""

import shutil

# Without a sandbox of its own Chromium runs as root, too; without a background it looks nothing up.
CHROMIUM_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


def chromium_path() -> str:
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(path for name in names if (path := shutil.which(name)))
