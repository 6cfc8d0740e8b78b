"""Loads the default pages as `load_pages` does, but once in a process: later their rows and images are copied."""

import shutil
from pathlib import Path

from django.core.cache import cache

from egzaminator.cms.domain.load_pages import load_pages
from tests.helpers.table_contents import Contents, can_restore, contents, restore


class DefaultPages:
    """Remembers what loading made, for each content of the database that it started from."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: list[tuple[Contents, Contents, Path]] = []

    def load(self, media: Path) -> None:
        """Load them into the database. MEDIA_ROOT is the folder `media`, which is empty."""
        before = contents()
        for start, end, images in self._made:
            if start == before and can_restore():
                restore(end)
                cache.clear()  # Wagtail keeps there where its sites begin
                shutil.copytree(images, media, dirs_exist_ok=True)
                return
        load_pages()
        images = self._folder / f"{len(self._made)}"
        shutil.copytree(media, images)
        self._made.append((before, contents(), images))
