"""The migrations are those of the models, and let the release before run on.

A release that is upgraded to migrates while the one before serves the site, and going back restores no data.
"""

import io
from typing import Final

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations import (
    AddConstraint,
    AddField,
    AddIndex,
    AlterField,
    CreateModel,
    DeleteModel,
    Migration,
    RemoveField,
    RenameField,
    RunSQL,
)
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.models import BigAutoField, BooleanField, CharField, CheckConstraint, Index, Q, TextField

from egzaminator import __version__
from egzaminator.deployment.contractions import CONTRACTIONS
from egzaminator.deployment.layout import version_key
from tests.helpers.contracting import contracting, sql_of

# The last migration of each folder and library in the release before. Whoever makes a release writes down its own.
RELEASED: Final = {
    "account": "0009_emailaddress_unique_primary_email",
    "accounts": "0001_initial",
    "audit": "0001_initial",
    "auth": "0012_alter_user_first_name_max_length",
    "cms": "0001_initial",
    "contenttypes": "0002_remove_content_type_name",
    "key_rotation": "0001_initial",
    "login": "0001_initial",
    "mail": "0001_initial",
    "mailings": "0001_initial",
    "mfa": "0003_authenticator_type_uniq",
    "onboarding": "0001_initial",
    "procrastinate": "0041_post_retry_failed_job",
    "rate_limits": "0001_initial",
    "register": "0001_initial",
    "runtime": "0001_cache_table",
    "staff": "0001_initial",
    "stored_files": "0001_initial",
    "taggit": "0006_rename_taggeditem_content_type_object_id_taggit_tagg_content_8fc721_idx",
    "wagtailadmin": "0006_formstate",
    "wagtailcore": "0097_baselogentry_uuid_action_timestamp_indexes",
    "wagtaildocs": "0014_alter_document_file_size",
    "wagtailembeds": "0009_embed_cache_until",
    "wagtailimages": "0027_image_description",
    "wagtailredirects": "0008_add_verbose_name_plural",
    "wagtailsearch": "0010_add_text_fields",
    "wagtailusers": "0015_userprofile_keyboard_shortcuts",
    "web": "0001_initial",
}


@pytest.mark.django_db
def test_the_migrations_are_those_of_the_models() -> None:
    said = io.StringIO()

    call_command("makemigrations", dry_run=True, stdout=said)

    assert said.getvalue() == "No changes detected\n"


@pytest.mark.django_db
def test_each_new_one_lets_the_release_before_run_or_is_declared() -> None:
    loader = MigrationLoader(connection)
    assert set(RELEASED.items()) <= set(loader.graph.nodes), "a migration that was released is gone"
    released = {node for leaf in RELEASED.items() for node in loader.graph.forwards_plan(leaf)}
    found = {}
    for node, migration in loader.disk_migrations.items():
        if node in loader.graph.nodes and node not in released:
            state = loader.project_state(node, at_end=False)
            if problems := contracting(sql_of(migration, state)):
                found[".".join(node)] = problems

    assert {name: problems for name, problems in found.items() if name not in CONTRACTIONS} == {}
    assert set(CONTRACTIONS) <= {".".join(node) for node in loader.disk_migrations}


def test_what_is_taken_away_was_last_needed_by_an_earlier_release() -> None:
    assert [name for name, since in CONTRACTIONS.items() if version_key(since) >= version_key(__version__)] == []


def judge(*operations: Operation) -> list[str]:
    """Return the reasons against a migration of the register's with these operations."""
    loader = MigrationLoader(connection)
    migration = type("Migration", (Migration,), {"operations": operations})("0002_made_up", "register")
    found = contracting(sql_of(migration, loader.project_state(("register", RELEASED["register"]))))
    return [reason.partition(":")[0] for reason in found]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "operation",
    [
        AddField("examiner", "made_up", TextField(null=True)),
        AddField("examiner", "made_up", TextField(null=True, default="made up")),
        AddField("examiner", "made_up", TextField(db_default="")),
        AddIndex("examiner", Index(fields=["id"], name="made_up")),
        RunSQL("CREATE VIEW made_up AS SELECT 1"),
        CreateModel(
            "MadeUp",
            [("id", BigAutoField(primary_key=True)), ("name", CharField(max_length=9, unique=True))],
            options={"constraints": [CheckConstraint(condition=Q(id__gt=0), name="made_up")]},
        ),
        RunSQL("CREATE FUNCTION made_up() RETURNS int LANGUAGE sql AS 'SELECT 1'"),
    ],
)
def test_what_widens_the_schema_is_let_through(operation: Operation) -> None:
    assert judge(operation) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("operation", "reasons"),
    [
        (
            AddField("examiner", "made_up", BooleanField(default=False)),
            ["adds a column that the release before does not fill in"],
        ),
        (RemoveField("examiner", "first_names"), ["takes something away"]),
        (RenameField("examiner", "first_names", "given_names"), ["renames"]),
        (DeleteModel("ListKeyDue"), ["takes something away"]),
        (AlterField("examiner", "first_names", BooleanField()), ["changes a column's type"]),
        (
            AddConstraint("examiner", CheckConstraint(condition=Q(id__isnull=False), name="made_up")),
            ["forbids rows that the release before may write"],
        ),
        (RunSQL('ALTER TABLE "register_examiner" DROP "first_names"'), ["takes a column away"]),
        (RunSQL("drop table if exists register_examiner"), ["takes something away"]),
        (RunSQL("DROP TRIGGER made_up ON register_examiner"), ["takes away what rows are checked by"]),
        (
            RunSQL("CREATE UNIQUE INDEX made_up ON register_examiner (id)"),
            ["forbids rows that the release before may write"],
        ),
        (RunSQL("TRUNCATE register_examiner"), ["deletes rows"]),
    ],
)
def test_what_the_release_before_cannot_bear_is_found(operation: Operation, reasons: list[str]) -> None:
    assert judge(operation) == reasons
