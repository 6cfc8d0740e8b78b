import io
import os
import threading
from collections.abc import Callable

import pytest

from egzaminator.backup.age import decrypting, encrypt_text, encrypting, new_key, read_private_keys
from egzaminator.backup.errors import BackupError

CONTENT = os.urandom(3_000_000)


def encrypted(content: bytes, *recipients: str) -> bytes:
    target = io.BytesIO()
    with encrypting(target, recipients=recipients) as file:
        file.write(content)
    return target.getvalue()


def decrypted(content: bytes, private_key: str) -> bytes:
    with decrypting(io.BytesIO(content), keys=read_private_keys(private_key)) as file:
        return file.read()


def test_each_recipient_opens_it_and_nobody_else() -> None:
    (mine, to_me), (theirs, to_them), (strangers, _) = new_key(), new_key(), new_key()
    archive = encrypted(CONTENT, to_me, to_them)
    assert decrypted(archive, mine) == decrypted(archive, theirs) == CONTENT
    with pytest.raises(BackupError, match="The key does not open the archive"):
        decrypted(archive, strangers)


def _cut(content: bytes) -> bytes:
    return content[:-1]


def _cut_between_blocks(content: bytes) -> bytes:
    header = content.index(b"\n", content.index(b"\n--- ") + 1) + 1
    return content[: header + 16 + 10 * (64 * 1024 + 16)]


def _flipped(content: bytes) -> bytes:
    return content[:1_500_000] + bytes([content[1_500_000] ^ 1]) + content[1_500_001:]


def _swollen(content: bytes) -> bytes:
    return content + b"\0"


@pytest.mark.parametrize("damage", [_cut, _cut_between_blocks, _flipped, _swollen])
def test_damage_is_found(damage: Callable[[bytes], bytes]) -> None:
    private, public = new_key()
    with pytest.raises(BackupError, match="damaged or cut off"):
        decrypted(damage(encrypted(CONTENT, public)), private)


@pytest.mark.parametrize("content", [b"", b"no age file", b"age-encryption.org/v1\n"])
def test_what_is_no_such_file_is_refused(content: bytes) -> None:
    private, _ = new_key()
    with pytest.raises(BackupError, match=r"damaged or cut off|does not open"):
        decrypted(content, private)


def test_the_target_s_own_error_is_told() -> None:
    class Full(io.BytesIO):
        def write(self, content: object, /) -> int:
            raise OSError(28, "No space left on device")

    _, public = new_key()
    with pytest.raises(OSError, match="No space left"), encrypting(Full(), recipients=[public]) as file:
        file.write(CONTENT)


def test_whoever_stops_reading_leaves_no_thread() -> None:
    private, public = new_key()
    before = threading.active_count()
    with decrypting(io.BytesIO(encrypted(CONTENT, public)), keys=read_private_keys(private)) as file:
        assert file.read(10) == CONTENT[:10]
    assert threading.active_count() == before


def test_key_files_are_those_of_age_keygen() -> None:
    private, _ = new_key()
    assert len(read_private_keys(f"# created: 2026-11-27\n# public key: age1x\n{private}\n")) == 1
    for text in ("", "# only a comment", "AGE-SECRET-KEY-1XYZ", "ssh-ed25519 AAAA"):
        with pytest.raises(BackupError, match="no private key of age"):
            read_private_keys(text)


def test_a_text_is_encrypted_as_lines() -> None:
    private, public = new_key()
    text = encrypt_text("SECRET_KEY='zażółć'", recipient=public)
    assert text.startswith("-----BEGIN AGE ENCRYPTED FILE-----\n")
    assert "SECRET_KEY" not in text
    with pytest.raises(BackupError, match="is no public key of age"):
        encrypt_text("x", recipient=private)
