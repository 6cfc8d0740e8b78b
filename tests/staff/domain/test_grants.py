"""Roles are groups, and what a group may do is what its declaration says."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from django.conf import settings as project
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.urls import get_resolver
from wagtail.models import GroupCollectionPermission, GroupPagePermission, Page

from egzaminator.cms.models import ArticlePage, HomePage
from egzaminator.panel.access import permission_of
from egzaminator.staff.domain.grants import grant_roles
from egzaminator.staff.domain.membership import roles_of
from egzaminator.staff.roles import Role
from tests.helpers.factories import make_staff
from tests.helpers.public_site import make_home_page
from tests.helpers.routes import routes

pytestmark = pytest.mark.django_db


def names(permissions: Iterable[Permission]) -> set[str]:
    return {f"{one.content_type.app_label}.{one.codename}" for one in permissions}


def granted(role: Role) -> tuple[set[str], set[str]]:
    """Return what a role's group may do, by Django's table and by Wagtail's tables about parts of its trees."""
    group = Group.objects.get(name=role.value)
    on_trees = [
        *GroupPagePermission.objects.filter(group=group),
        *GroupCollectionPermission.objects.filter(group=group),
    ]
    return names(group.permissions.all()), names(one.permission for one in on_trees)


def declared(role: Role) -> tuple[set[str], set[str]]:
    apart = {one for one in role.permissions if one.startswith(("wagtailcore.", "wagtailimages.", "wagtaildocs."))}
    return set(role.permissions), apart


@pytest.mark.parametrize("role", Role)
def test_a_migrated_database_grants_each_role_what_it_declares(role: Role) -> None:
    assert granted(role) == declared(role)


def test_what_a_role_no_longer_declares_is_taken_from_it() -> None:
    group = Group.objects.get(name=Role.EDITOR.value)
    group.permissions.add(Permission.objects.get(codename="manage_staff"))
    more = Permission.objects.get(content_type__app_label="wagtailcore", codename="bulk_delete_page")
    GroupPagePermission.objects.create(group=group, page=Page.get_first_root_node(), permission=more)
    GroupPagePermission.objects.filter(permission__codename="publish_page").delete()

    grant_roles()

    assert granted(Role.EDITOR) == declared(Role.EDITOR)


@pytest.mark.django_db(transaction=True)
def test_an_emptied_database_has_the_roles_again() -> None:
    call_command("flush", interactive=False, verbosity=0)

    assert {role: granted(role) for role in Role} == {role: declared(role) for role in Role}


def test_every_permission_that_the_panel_asks_for_belongs_to_a_role() -> None:
    known = frozenset[str]().union(*(role.permissions for role in Role))
    asked = {permission_of(pattern.callback) for route, pattern in routes(get_resolver()) if route.startswith("panel/")}
    in_code = {
        name
        for files in ("panel/**/*.py", "staff/domain/independence.py")
        for file in Path(project.PACKAGE_DIR).rglob(files)
        for name in re.findall(r'"((?:staff|cms|register|wagtailadmin)\.[a-z]+(?:_[a-z]+)*)"', file.read_text())
    }
    assert asked - {""} <= known
    assert in_code - {"wagtailadmin.access_admin"} <= known
    assert {"staff.freeze_account", "staff.look_up_many", "cms.change_contact"} <= in_code
    ours = {name for name in known if name.startswith(("staff.", "register.", "cms.change_contact"))}
    assert ours <= in_code


def test_a_person_has_the_permissions_of_all_their_roles() -> None:
    member = make_staff(roles=[Role.HELP_DESK, Role.ADMINISTRATOR])

    assert roles_of(member) == [Role.ADMINISTRATOR, Role.HELP_DESK]
    asked = ["staff.freeze_account", "staff.manage_staff", "staff.look_up_many"]
    assert [member.has_perm(name) for name in asked] == [True, True, False]
    assert not member.is_superuser


@pytest.mark.parametrize("roles", [[Role.EDITOR], list(Role)])
def test_nobody_deletes_a_page_with_pages_below_it(roles: list[Role]) -> None:
    home: HomePage = make_home_page()
    above = home.add_child(instance=ArticlePage(title="Numer", body=[]))
    below = above.add_child(instance=ArticlePage(title="Gdzie", body=[]))
    member = make_staff(roles=roles)
    pages = [home, above, below]
    assert [page.permissions_for_user(member).can_delete() for page in pages] == [False, False, True]
    assert [page.permissions_for_user(member).can_publish() for page in pages] == [True, True, True]
