import json
from functools import partial

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.db import connection
from django.utils import translation

from egzaminator.accounts.domain.codes import check_code, make_recovery_codes
from egzaminator.accounts.domain.mfa import (
    SecondFactors,
    add_totp,
    remove_passkey,
    remove_totp,
    second_factors_of,
)
from egzaminator.accounts.domain.password_matching import hash_password
from egzaminator.accounts.domain.reauthentication import confirm_password
from egzaminator.accounts.enums import ProofReason, SecurityNews
from egzaminator.accounts.errors import NoSecondFactorError, SecondFactorExistsError, WrongCodeError, WrongPasswordError
from egzaminator.accounts.models import Account, SecondFactorKey
from egzaminator.audit.enums import Tag
from egzaminator.audit.models import Event
from egzaminator.core.encryption import UndecryptableError
from egzaminator.mail.catalogue import EmailKind
from egzaminator.mail.models import Email
from egzaminator.rate_limits.errors import LimitReachedError
from tests.helpers.concurrency import at_once
from tests.helpers.factories import PESELS, make_account, make_examiner, make_staff
from tests.helpers.links import text_of
from tests.helpers.mfa import SECRET, give_totp, totp_code

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
NOW = "2026-11-22T10:00:10Z"
ADDED = "Dodano aplikację z kodami. Od teraz do zalogowania potrzebny jest także kod z tej aplikacji."
FEW = "Wykorzystano kod zapasowy i zostało ich mało. Utwórz nowe na stronie „Moje konto”."
GUESSED = "Ktoś podał właściwe hasło, a potem kilka razy błędne kody. To nie ty? Ustaw nowe hasło."

IN_SESSION = (
    "Ktoś, kto jest zalogowany na twoje konto, kilka razy podał błędne hasło albo kod. To nie ty? Ustaw nowe hasło."
)


@pytest.fixture
def account() -> Account:
    return make_account(make_examiner())


def check(account: Account, code: str, reason: ProofReason = ProofReason.LOGIN) -> str:
    return str(check_code(account=account, code=code, reason=reason).type)


def count_notices(account: Account, sentence: str) -> int:
    """Count the security e-mails about an account that hold this sentence."""
    messages = Email.objects.filter(kind=EmailKind.SECURITY_NEWS, related_id=account.id)
    return sum(sentence in text_of(message).splitlines() for message in messages)


def tags_of(account: Account) -> list[str]:
    return list(Event.objects.filter(subject=account.id).order_by("at").values_list("tag", flat=True))


def test_an_app_is_added_with_a_code_of_its_own(account: Account) -> None:
    with pytest.raises(WrongCodeError):
        add_totp(account=account, secret=SECRET, code="000000")
    assert second_factors_of(account=account) == SecondFactors()
    assert add_totp(account=account, secret=SECRET, code=totp_code()) is True
    factors = second_factors_of(account=account)
    assert (factors.are_any, factors.codes_left, len(set(factors.fresh_codes))) == (True, 10, 10)
    assert tags_of(account) == [Tag.SECOND_FACTOR_ADDED, Tag.RECOVERY_CODES_MADE]
    assert count_notices(account, ADDED) == 1
    with pytest.raises(SecondFactorExistsError):
        add_totp(account=account, secret=SECRET, code=totp_code(periods=1))


def test_nothing_secret_lies_open_in_the_database(account: Account) -> None:
    codes = give_totp(account)
    with connection.cursor() as cursor:
        cursor.execute("SELECT data::text FROM mfa_authenticator")
        rows = " ".join(row[0] for row in cursor.fetchall())
    assert [secret for secret in (SECRET, *codes) if secret in rows] == []


def test_a_secret_opens_for_its_account_only(account: Account) -> None:
    give_totp(account)
    other = make_account(make_examiner(pesel=PESELS[1], numbers=("B-1",)), email="jan@example.org")
    for row in Authenticator.objects.filter(user=account):
        Authenticator.objects.create(user=other, type=row.type, data=row.data)
    with pytest.raises(UndecryptableError):
        check(other, totp_code())
    key = SecondFactorKey.objects.get(account=account)
    SecondFactorKey.objects.create(account=other, key_encrypted=key.key_encrypted)
    with pytest.raises(UndecryptableError):
        check(other, totp_code())


def test_a_code_is_good_once_however_long_it_would_be_taken(account: Account) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        give_totp(account)
        with pytest.raises(WrongCodeError):
            check(account, totp_code(periods=-1))  # the code that the app was added with
        coming = totp_code(periods=1)
        assert check(account, f"{coming[:3]} {coming[3:]}") == "totp"
        clock.shift(45)
        with pytest.raises(WrongCodeError):
            check(account, coming)
        with pytest.raises(WrongCodeError):
            check(account, f"{coming[:3]}-{coming[3:]}")


def test_codes_of_one_period_before_and_after_are_taken(account: Account) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        give_totp(account)
        clock.shift(300)
        for periods in (-2, 2):
            with pytest.raises(WrongCodeError):
                check(account, totp_code(periods=periods))
        assert [check(account, totp_code(periods=periods)) for periods in (-1, 1)] == ["totp", "totp"]


@pytest.mark.parametrize("rubbish", ["", "١٢٣٤٥٦", "ąęśćżź", "\N{FULLWIDTH DIGIT ONE}23456", "-" * 9, "0" * 400])
def test_rubbish_is_a_wrong_code(account: Account, rubbish: str) -> None:
    give_totp(account)
    with pytest.raises(WrongCodeError):
        check(account, rubbish)


def test_a_recovery_code_is_good_once(account: Account) -> None:
    first, second, *_rest = give_totp(account)
    assert check(account, f"{first[:4]} {first[4:]}") == "recovery_codes"
    with pytest.raises(WrongCodeError):
        check(account, first)
    assert second_factors_of(account=account).codes_left == 9
    assert check(account, second) == "recovery_codes"
    used = Event.objects.filter(tag=Tag.RECOVERY_CODE_USED).order_by("at")
    assert [event.details for event in used] == [{"left": 9}, {"left": 8}]
    refused = Event.objects.get(tag=Tag.SECOND_FACTOR_REFUSED)
    assert (refused.subject, refused.details) == (account.id, {"reason": "login"})


def test_the_owner_hears_when_few_recovery_codes_are_left(account: Account) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        for number, code in enumerate(give_totp(account)[:8]):
            check(account, code)
            assert count_notices(account, FEW) == max(0, number - 5)
            clock.shift(301)


def test_codes_are_shown_for_ten_minutes_and_new_ones_kill_the_old(account: Account) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        old = give_totp(account)
        clock.shift(600)
        assert (second_factors_of(account=account).fresh_codes, second_factors_of(account=account).codes_left) == (
            [],
            10,
        )
        make_recovery_codes(account=account)
        new = second_factors_of(account=account).fresh_codes
        assert set(old) & set(new) == set()
        with pytest.raises(WrongCodeError):
            check(account, old[0])
        assert check(account, new[0]) == "recovery_codes"


def test_there_are_no_recovery_codes_without_a_factor(account: Account) -> None:
    with pytest.raises(NoSecondFactorError):
        make_recovery_codes(account=account)
    codes = give_totp(account)
    remove_totp(account=account)
    assert second_factors_of(account=account) == SecondFactors()
    with pytest.raises(WrongCodeError):
        check(account, codes[0])
    with pytest.raises(NoSecondFactorError):
        remove_totp(account=account)
    assert tags_of(account)[-2:] == [Tag.SECOND_FACTOR_REMOVED, Tag.SECOND_FACTOR_REFUSED]


def test_nobody_removes_anothers_passkey(account: Account) -> None:
    row = Authenticator.objects.create(user=make_staff(), type="webauthn", data={"name": "klucz"})
    with pytest.raises(NoSecondFactorError):
        remove_passkey(account=account, passkey_id=row.id)
    assert Authenticator.objects.count() == 1


def test_guessing_is_slow_and_the_owner_hears_of_it_once(account: Account) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        give_totp(account)
        for _ in range(5):
            with pytest.raises(WrongCodeError):
                check(account, "000000")
        for _ in range(3):
            with pytest.raises(LimitReachedError):
                check(account, totp_code())
        assert count_notices(account, GUESSED) == 1
        assert Event.objects.filter(details__throttled=True).count() == 3
        clock.shift(301)
        assert check(account, totp_code()) == "totp"


def test_who_guesses_in_a_session_keeps_nobody_from_logging_in_and_the_owner_hears_of_it_once(account: Account) -> None:
    give_totp(account)
    for _ in range(5):
        with pytest.raises(WrongPasswordError):
            confirm_password(account=account, password="not the password")
    for _ in range(3):
        with pytest.raises(LimitReachedError):
            confirm_password(account=account, password="not the password")
    assert (count_notices(account, IN_SESSION), count_notices(account, GUESSED)) == (1, 0)
    assert check(account, totp_code()) == "totp"


def test_fifty_attempts_a_day(account: Account) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        give_totp(account)
        for _ in range(50):
            with pytest.raises(WrongCodeError):
                check(account, "000000")
            clock.shift(61)
        with pytest.raises(LimitReachedError):
            check(account, totp_code())


def test_a_new_password_frees_the_owner_from_who_guesses_with_the_old_one(account: Account) -> None:
    give_totp(account)
    for _ in range(5):
        with pytest.raises(WrongCodeError):
            check(account, "000000")
    account.password = hash_password(password="another password altogether")
    account.save()
    assert check(account, totp_code()) == "totp"


def test_the_news_are_told_in_the_owners_language(account: Account) -> None:
    account.language = "en"
    account.save()
    give_totp(account)
    with translation.override("en"):
        assert count_notices(account, str(SecurityNews.TOTP_ADDED.label)) == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_give_one_code_at_once_one_comes_in(empty_queue: None) -> None:
    account = make_account(make_examiner())
    codes = give_totp(account)
    for kind, code in (("totp", totp_code()), ("recovery_codes", codes[0])):
        results = at_once(*[partial(check, account, code)] * 2)
        assert [result for result in results if isinstance(result, str)] == [kind]
        assert [type(result) for result in results if result != kind] == [WrongCodeError]


def test_the_cache_holds_no_names_of_keys(account: Account) -> None:
    cache.clear()  # Django empties the tables of models only
    give_totp(account)
    check(account, totp_code())
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM cache")
        rows = cursor.fetchall()
    text = json.dumps(rows)
    assert len(rows) == 1
    assert [secret for secret in (str(account.id), account.id.hex, totp_code()) if secret in text] == []
