import hashlib
import io
import os

import pyrage
import pytest
from django.core.management import CommandError, call_command

from egzaminator.backup.age import new_key


def shown(*arguments: str) -> str:
    said = io.StringIO()
    call_command("show_keys", *arguments, stdout=said)
    return said.getvalue()


def test_on_paper_they_are_the_lines_of_the_environment_each_with_a_mark() -> None:
    lines = shown("--paper").splitlines()
    values = {name: os.environ[name] for name in ("SECRET_KEY", "ENCRYPTION_KEYS", "BLIND_INDEX_KEY")}
    assert lines[1:] == [
        line
        for name, value in values.items()
        for line in (f"# {hashlib.sha256(value.encode()).hexdigest()[:8]}", f"{name}='{value}'")
    ]


def test_encrypted_only_the_other_key_opens_them() -> None:
    private, public = new_key()
    text = shown("--to", public)
    assert os.environ["SECRET_KEY"] not in text
    identity = pyrage.x25519.Identity.from_str(private)
    assert pyrage.decrypt(text.encode(), [identity]).decode() + "\n" == shown("--paper")


def test_nobody_prints_them_by_accident() -> None:
    with pytest.raises(CommandError, match="one of the arguments --paper --to is required"):
        shown()
    with pytest.raises(CommandError, match="no public key of age"):
        shown("--to", "age1nobody")
