import pytest

from egzaminator.deployment.errors import DeploymentError
from egzaminator.deployment.layout import version_key


def test_versions_have_an_order() -> None:
    versions = ["0.2.0.dev0", "0.2.0.dev1", "0.2.0rc1", "0.2.0rc2", "0.2.0", "0.2.1", "0.9.0", "0.10.0", "1.0.0"]

    assert sorted(sorted(versions), key=version_key) == versions


@pytest.mark.parametrize("version", ["", "0.2", "v0.2.0", "0.2.0-1", "0.2.0.post1", "0.2.0\n"])
def test_what_is_no_version(version: str) -> None:
    with pytest.raises(DeploymentError, match="is no version of a release"):
        version_key(version)
