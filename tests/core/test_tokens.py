import hashlib
import re

from egzaminator.core.tokens import is_token, new_case_code, new_token, token_digest


def test_tokens_are_safe_in_an_address_and_all_different() -> None:
    tokens = {new_token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22}", token) and is_token(token) for token in tokens)
    assert not any(is_token(text) for text in ("", "x" * 21, "x" * 23, "x" * 21 + "=", "x" * 22 + "\n", "é" * 22))


def test_the_digest_is_sha256() -> None:
    assert token_digest("abc") == hashlib.sha256(b"abc").digest()


def test_case_codes_hold_no_lookalikes() -> None:
    codes = {new_case_code() for _ in range(1000)}
    assert len(codes) == 1000
    assert all(re.fullmatch(r"[34679AC-HJKMNP-RTWXY]{4}-[34679AC-HJKMNP-RTWXY]{4}", code) for code in codes)
    assert not set("".join(codes)) & set("0O1ILB8S5Z2UV")
