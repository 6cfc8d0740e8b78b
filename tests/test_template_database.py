import os

import pytest
from django.db import connection

from tests.helpers.environment import TEMPLATE_VARIABLE


@pytest.mark.django_db
def test_tests_run_in_a_copy_of_the_template() -> None:
    template = os.environ[TEMPLATE_VARIABLE]

    assert connection.settings_dict["TEST"]["TEMPLATE"] == template
    assert connection.settings_dict["NAME"] not in {template, "postgres"}
