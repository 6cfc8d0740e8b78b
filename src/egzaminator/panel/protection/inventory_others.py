"""The inventory of personal data, continued: the models of libraries, and files."""

from collections.abc import Mapping
from typing import Final

_PAGES: Final = "the board's own pages, for everybody to read"
_EDITORS: Final = "which member of the staff edited what; as long as the page's history, without data of examiners"
_UNUSED: Final = "not used: nothing is ever written into it"
_RIGHTS: Final = "what roles may do"
LIBRARY_MODELS: Final[Mapping[str, str]] = {
    "mfa.Authenticator": (
        'in "Moje dane" as `second_factors`: kind, name, when added and used. Its secret, encrypted with the key of '
        "accounts.SecondFactorKey, is not. It goes with the account"
    ),
    **dict.fromkeys(("account.EmailAddress", "account.EmailConfirmation"), _UNUSED),
    **dict.fromkeys(("auth.Group", "auth.Permission"), _RIGHTS),
    "contenttypes.ContentType": "the names of the models",
    **dict.fromkeys(
        (
            "cms.ArticlePage", "cms.BoardSettings", "cms.DeclarationPage", "cms.HomePage", "cms.LoadedPage",
            "cms.NewsIndexPage", "cms.NewsPage", "cms.SectionPage", "wagtailcore.Page", "wagtailcore.Site",
            "wagtailcore.Locale", "wagtailcore.Collection", "wagtailcore.ReferenceIndex", "wagtailredirects.Redirect",
            "wagtailsearch.IndexEntry", "taggit.Tag", "taggit.TaggedItem",
        ),
        _PAGES,
    ),
    **dict.fromkeys(("wagtailimages.Image", "wagtailimages.Rendition", "wagtaildocs.Document"), (
        f"{_PAGES}; what a camera or an author's program wrote into a file is removed when it is uploaded"
    )),
    **dict.fromkeys(
        ("wagtailcore.Revision", "wagtailcore.PageLogEntry", "wagtailcore.ModelLogEntry", "wagtailadmin.FormState"),
        _EDITORS,
    ),
    "wagtailadmin.EditingSession": f"{_EDITORS}; Wagtail deletes it when the page is closed",
    "wagtailusers.UserProfile": "how a member of the staff has the editor look; goes with their account",
    **dict.fromkeys(
        (
            "wagtailcore.CollectionViewRestriction", "wagtailcore.PageViewRestriction",
            "wagtailcore.GroupCollectionPermission", "wagtailcore.GroupPagePermission",
            "wagtailcore.GroupSitePermission", "wagtailadmin.Admin",
        ),
        _RIGHTS,
    ),
    **dict.fromkeys(
        (
            "wagtailcore.Comment", "wagtailcore.CommentReply", "wagtailcore.PageSubscription",
            "wagtailcore.GroupApprovalTask", "wagtailcore.Task", "wagtailcore.TaskState", "wagtailcore.Workflow",
            "wagtailcore.WorkflowContentType", "wagtailcore.WorkflowPage", "wagtailcore.WorkflowState",
            "wagtailcore.WorkflowTask", "wagtailcore.UploadedFile", "wagtailembeds.Embed",
        ),
        _UNUSED,
    ),
    **dict.fromkeys(
        (
            "procrastinate.ProcrastinateJob", "procrastinate.ProcrastinateEvent",
            "procrastinate.ProcrastinatePeriodicDefer", "procrastinate.ProcrastinateWorker",
        ),
        "jobs, without arguments about anybody; gone a day after their end",
    ),
}  # fmt: skip
# Fields of models that hold a file.
FILE_FIELDS: Final[Mapping[str, str]] = {
    "wagtailimages.Image.file": _PAGES,
    "wagtailimages.Rendition.file": _PAGES,
    "wagtaildocs.Document.file": _PAGES,
    "wagtailcore.UploadedFile.file": _UNUSED,
    "wagtailusers.UserProfile.avatar": "refused: the screen that would take it is closed",
}
# Modules of the program that write files.
FILE_WRITERS: Final[Mapping[str, str]] = {
    "mailings/domain/attachments.py": "attachments of mailings, encrypted in the database (stored_files), with them",
    "panel/domain/make_export.py": "exports, encrypted in the database (stored_files), for a day",
    "stored_files/domain/files.py": "writes them",
    "register/domain/imports/check.py": "the rows of a checked register file, encrypted in the database, for a day",
    "core/xlsx_files.py": "a spreadsheet, piece by piece, into whatever its caller keeps it in",
    "panel/wagtail_compat/documents.py": "an uploaded document without its author, in memory",
    "runtime/postgres/binaries.py": "PostgreSQL's own programs, for the demo",
    "web/static_files.py": "styles",
    "demo/static_files.py": "styles",
    "demo/environment.py": "the demo's made-up secrets",
    "deployment/install_settings.py": "the server's settings and keys, which root and the service read",
    "deployment/install_files.py": "units, nginx's configuration and pages",
    "deployment/install_database.py": "a setting of systemd's for PostgreSQL",
    "deployment/files.py": "units, nginx's configuration and pages of a release",
    "deployment/layout.py": "which upgrade is under way",
    "deployment/machine.py": "writes what the installation makes",
    "backup/restore.py": "the pages' images and documents, from a backup",
    "backup/postgres_tools.py": "what pg_dump and pg_restore say of a failure, for as long as they run",
    "backup/folder.py": "backups, encrypted to the administrator's key, and the journal of ids, for BACKUP_KEEP_DAYS",
}
