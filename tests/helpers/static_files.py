from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from whitenoise.base import WhiteNoise
from whitenoise.responders import StaticFile


@contextmanager
def listed_once() -> Iterator[None]:
    """List the collected static files once in a process.

    Every test client is a new site, which would look at hundreds of files before its first answer.
    """
    listed: dict[tuple[str, str], dict[str, StaticFile]] = {}
    list_files = WhiteNoise.update_files_dictionary

    def list_once(site: WhiteNoise, root: str, prefix: str) -> None:
        if (root, prefix) not in listed:
            list_files(site, root, prefix)
            listed[root, prefix] = dict(site.files)
        site.files.update(listed[root, prefix])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoise, "update_files_dictionary", list_once)
        yield
