from typing import Final

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from egzaminator.accounts.models import ADMINISTRATORS_GROUP, STAFF_GROUP

# Deleting a page together with its descendants is left to administrators.
_ON_PAGES: Final = ("add_page", "change_page", "publish_page")
_ON_COLLECTIONS: Final = (
    ("wagtailimages", "add_image"),
    ("wagtailimages", "change_image"),
    ("wagtailimages", "choose_image"),
    ("wagtaildocs", "add_document"),
    ("wagtaildocs", "change_document"),
    ("wagtaildocs", "choose_document"),
)
_ANYWHERE: Final = (
    ("wagtailadmin", "access_admin"),
    ("wagtailredirects", "add_redirect"),
    ("wagtailredirects", "change_redirect"),
    ("wagtailredirects", "delete_redirect"),
    ("cms", "change_boardsettings"),
)


def grant_staff() -> None:
    """Grant the staff group the permissions to edit and publish all content. Idempotent.

    Content is pages, images, documents, redirects and the board's settings. Only the administrators' group may change
    how examiners reach the board and where security notices go.
    """
    group, _ = Group.objects.get_or_create(name=STAFF_GROUP)
    _require_access_permission()
    root, collection = Page.get_first_root_node(), Collection.get_first_root_node()
    group.permissions.add(*(_permission(*name) for name in _ANYWHERE))
    administrators, _ = Group.objects.get_or_create(name=ADMINISTRATORS_GROUP)
    administrators.permissions.add(_permission("cms", "change_contact"))
    for name in _ON_PAGES:
        GroupPagePermission.objects.get_or_create(group=group, page=root, permission=_permission("wagtailcore", name))
    for label, name in _ON_COLLECTIONS:
        GroupCollectionPermission.objects.get_or_create(
            group=group, collection=collection, permission=_permission(label, name)
        )


def _permission(app_label: str, codename: str) -> Permission:
    return Permission.objects.get(content_type__app_label=app_label, codename=codename)


def _require_access_permission() -> None:
    """Create the permission to enter the panel if it is missing.

    Wagtail creates it in a migration, which runs once. A database whose tables were emptied afterwards lacks it.
    """
    content_type, _ = ContentType.objects.get_or_create(app_label="wagtailadmin", model="admin")
    Permission.objects.get_or_create(
        content_type=content_type, codename="access_admin", defaults={"name": "Can access Wagtail admin"}
    )
