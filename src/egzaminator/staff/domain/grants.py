"""The permissions of roles in the database: Django's groups, and Wagtail's rights on pages and collections."""

from collections.abc import Iterable
from typing import Final

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from egzaminator.cms.domain.load_pages import require_roots
from egzaminator.staff.roles import Role

_ON_PAGES: Final = "wagtailcore"
_ON_COLLECTIONS: Final = ("wagtailimages", "wagtaildocs")


def grant_roles() -> None:
    """Give the group of each role the permissions that its declaration names, and take all others from it.

    It runs after every `migrate`, once all permissions exist, so a release that changes a role needs no migration. It
    runs after `flush` as well. Idempotent.
    """
    with transaction.atomic():
        page, collection = require_roots()
        permissions = _permissions()
        for role in Role:
            group, _ = Group.objects.get_or_create(name=role.value)
            granted = [permissions[name] for name in sorted(role.permissions)]
            group.permissions.set(granted)
            # Wagtail asks for rights on a part of its tree instead: here on all of it.
            _grant_on_pages(group, page, [one for one in granted if one.content_type.app_label == _ON_PAGES])
            _grant_on_files(
                group, collection, [one for one in granted if one.content_type.app_label in _ON_COLLECTIONS]
            )


def _permissions() -> dict[str, Permission]:
    wanted = set().union(*(role.permissions for role in Role))
    codenames = {name.partition(".")[2] for name in wanted}
    found = Permission.objects.filter(codename__in=codenames).select_related("content_type")
    return {f"{one.content_type.app_label}.{one.codename}": one for one in found}


def _grant_on_pages(group: Group, root: Page, permissions: Iterable[Permission]) -> None:
    GroupPagePermission.objects.filter(group=group).exclude(page=root, permission__in=permissions).delete()
    for permission in permissions:
        GroupPagePermission.objects.get_or_create(group=group, page=root, permission=permission)


def _grant_on_files(group: Group, root: Collection, permissions: Iterable[Permission]) -> None:
    GroupCollectionPermission.objects.filter(group=group).exclude(collection=root, permission__in=permissions).delete()
    for permission in permissions:
        GroupCollectionPermission.objects.get_or_create(group=group, collection=root, permission=permission)
