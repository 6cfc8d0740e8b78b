import pytest
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from egzaminator.core.encryption import EncryptionKeyChangedError
from egzaminator.key_rotation.checks import check_encryption_keys
from egzaminator.key_rotation.domain.encryption_key_proofs import (
    encryption_key_problems,
    require_encryption_keys,
    wrong_keys,
)
from egzaminator.key_rotation.domain.encryption_keys import rotate_encryption_keys
from egzaminator.key_rotation.models import EncryptionKeyProof
from tests.helpers.factories import PESELS, make_examiner

OLD, NEW, OTHER = bytes(range(32)), bytes(range(32, 64)), bytes(range(64, 96))
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def old_key(settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = {"k1": OLD}


def noted() -> list[str]:
    return sorted(EncryptionKeyProof.objects.values_list("key_id", flat=True))


def test_new_keys_are_noted_and_stay_good(settings: Settings) -> None:
    require_encryption_keys()
    settings.ENCRYPTION_KEYS = {"k2": NEW, "k1": OLD}
    require_encryption_keys()
    require_encryption_keys()
    assert (noted(), wrong_keys(), encryption_key_problems()) == (["k1", "k2"], [], [])


def test_another_key_under_a_known_id_is_refused_though_nothing_is_encrypted_yet(settings: Settings) -> None:
    require_encryption_keys()
    settings.ENCRYPTION_KEYS = {"k1": OTHER}
    with pytest.raises(EncryptionKeyChangedError, match="The key k1 of ENCRYPTION_KEYS is not the one"):
        require_encryption_keys()
    assert wrong_keys() == ["k1"]


def test_another_key_is_refused_where_no_key_was_noted_but_values_tell(settings: Settings) -> None:
    make_examiner(numbers=())
    settings.ENCRYPTION_KEYS = {"k1": OTHER}
    with pytest.raises(EncryptionKeyChangedError, match="The key k1 "):
        require_encryption_keys()
    assert noted() == []


def test_one_spoiled_value_does_not_make_a_key_wrong() -> None:
    spoiled = make_examiner(numbers=())
    spoiled.pesel_encrypted = bytes(spoiled.pesel_encrypted or b"")[:-1] + b"?"
    spoiled.save()
    make_examiner(pesel=PESELS[1], numbers=())
    require_encryption_keys()
    assert noted() == ["k1"]


def test_a_key_may_go_once_nothing_is_encrypted_with_it(settings: Settings) -> None:
    make_examiner(numbers=())
    require_encryption_keys()
    settings.ENCRYPTION_KEYS = {"k2": NEW}
    with pytest.raises(EncryptionKeyChangedError, match="The key k1 is missing from ENCRYPTION_KEYS"):
        require_encryption_keys()
    settings.ENCRYPTION_KEYS = {"k2": NEW, "k1": OLD}
    rotate_encryption_keys()
    settings.ENCRYPTION_KEYS = {"k2": NEW}
    require_encryption_keys()
    assert noted() == ["k2"]


def test_rotation_refuses_another_key_before_it_changes_anything(settings: Settings) -> None:
    examiner = make_examiner(numbers=())
    before = bytes(examiner.pesel_encrypted or b"")
    require_encryption_keys()
    settings.ENCRYPTION_KEYS = {"k2": NEW, "k1": OTHER}
    with pytest.raises(EncryptionKeyChangedError, match="The key k1 "):
        rotate_encryption_keys()
    examiner.refresh_from_db()
    assert (bytes(examiner.pesel_encrypted or b""), noted()) == (before, ["k1"])


def test_known_keys_cost_one_query_whatever_is_stored(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    require_encryption_keys()
    make_examiner(numbers=())
    with django_assert_num_queries(1):
        assert wrong_keys() == []


def test_the_check_does_not_start_the_embedded_server(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    monkeypatch.setitem(settings.DATABASES["default"], "DATA_DIR", "/nowhere")
    with django_assert_num_queries(0):
        assert check_encryption_keys() == []
