from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deployment.server import Made, Server, answering


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Return a server on which 0.2.0 runs."""
    with answering(tmp_path) as port:
        made = Server(tmp_path, port)
        made.set_up(Made("0.2.0"))
        yield made
