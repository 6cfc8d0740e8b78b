import io

import pytest

from egzaminator.register.domain.encodings import detect_encoding
from egzaminator.register.errors import UnreadableFileError
from egzaminator.register.problems import FileProblem

PANGRAM = "pesel;nazwisko\n44051401359;Żółć Gęślą Jaźń ŚCIĄĆ Łódź Ńew"


def detect(content: bytes) -> str:
    return detect_encoding(io.BytesIO(content))


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (PANGRAM.encode(), "utf-8-sig"),
        (PANGRAM.encode("utf-8-sig"), "utf-8-sig"),
        (PANGRAM.encode("cp1250"), "cp1250"),
        (b"pesel;nazwisko\n44051401359;Nowak", "utf-8-sig"),
        (PANGRAM.encode("iso8859_2"), "iso8859_2"),
        (PANGRAM.encode("mac_latin2"), "mac_latin2"),
        (PANGRAM.encode("cp852"), "cp852"),
        *[("Koźmiński".encode(encoding), encoding) for encoding in ("cp1250", "iso8859_2", "mac_latin2")],
        *[("KOŹMIŃSKI;Świątek".encode(encoding), encoding) for encoding in ("cp1250", "iso8859_2", "mac_latin2")],
        ("Wąs".encode("cp1250"), "cp1250"),
        ("Łukasik".encode("cp1250"), "cp1250"),
        ("Żak;Ćwik;DĄB".encode("cp1250"), "cp1250"),
        ("Müller;Jäger;Čapek;Šimůnek".encode("cp1250"), "cp1250"),
        ("Łukasik–Żak;„tak”…;D’Arc;60°".encode("cp1250"), "cp1250"),
        ("Śliwa;a±b;Łukasik;Żak;Wójcik".encode("cp1250"), "cp1250"),
        ("ż".encode() * 400_000 + b"\n", "utf-8-sig"),
    ],
)
def test_the_encoding_is_found(content: bytes, encoding: str) -> None:
    if len(content) > 500_000:
        content = b"\n".join(content[place : place + 2**18] for place in range(0, len(content), 2**18))
    assert detect(content) == encoding
    assert content.decode(encoding)


def test_a_letter_that_two_parts_share_is_whole() -> None:
    content = b"x" * (256 * 1024 - 1) + "ż\n".encode()
    assert detect(content) == "utf-8-sig"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (PANGRAM.encode("utf-16-le"), FileProblem.UTF_16),
        (PANGRAM.encode("utf-16-be"), FileProblem.UTF_16),
        (bytes(range(256)) * 4, FileProblem.NOT_TEXT),
        (PANGRAM.encode() + "Ż".encode("cp1250"), FileProblem.MIXED_ENCODING),
        (PANGRAM.encode("cp1250") + "Żółw".encode(), FileProblem.MIXED_ENCODING),
        (b"\xef\xbb\xbf" + "pesel;Śliwa".encode("cp1250"), FileProblem.MIXED_ENCODING),
        (b"pesel\n\x81\x9d", FileProblem.ENCODING),
        ("Paweł;Michał".encode("cp852"), FileProblem.ENCODING),  # "Paweą" on a Macintosh
        ("Łukasik".encode("mac_latin2"), FileProblem.ENCODING),  # "ükasik" in Windows
        ("Żak;Ćwik".encode("mac_latin2"), FileProblem.ENCODING),
        ("Jäger".encode("cp1250"), FileProblem.ENCODING),  # "Jńger" in DOS
        (bytes(range(0x80, 0xC0)), FileProblem.ENCODING),
        (b"Kowalski\xc5", FileProblem.ENCODING),
        (PANGRAM.encode()[:-1] + b"\xc5", FileProblem.MIXED_ENCODING),
        (b"x" * (1024 * 1024 + 1), FileProblem.LONG_LINE),
        (b"a\n" + b"x" * (1024 * 1024 + 1) + b"\nb", FileProblem.LONG_LINE),
    ],
)
def test_what_it_cannot_be_is_named(content: bytes, problem: FileProblem) -> None:
    with pytest.raises(UnreadableFileError) as caught:
        detect(content)
    assert caught.value.problem is problem
