"""URLs below `/panel/`: our own screens, and Wagtail's below `/panel/strony/`."""

from typing import Any

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.urls import include, path
from django.views.decorators.clickjacking import xframe_options_sameorigin
from wagtail.admin import urls as wagtail_urls
from wagtail.admin.auth import require_admin_access
from wagtail.utils.urlpatterns import decorate_urlpatterns

from egzaminator.login.views import log_out
from egzaminator.panel import (
    act_views,
    contact_views,
    dashboard,
    email_question_views,
    examiner_views,
    export_views,
    ground_views,
    guide_views,
    journal_views,
    list_views,
    review_views,
    scope_views,
    settings_views,
    staff_views,
    views,
)
from egzaminator.panel.access import permission_required
from egzaminator.panel.act_views import ACT_ACTIONS, ACT_PAGE
from egzaminator.panel.actions import button_view, form_view
from egzaminator.panel.imports import views as import_views
from egzaminator.panel.imports.actions import IMPORT_ACTIONS, OWN_IMPORT
from egzaminator.panel.imports.undo import UNDO_IMPORT, UNDO_PAGE, people_left
from egzaminator.panel.mailing import actions as mailing_actions
from egzaminator.panel.mailing import attachments as attachment_views
from egzaminator.panel.mailing import invitation_views
from egzaminator.panel.mailing import views as mailing_views
from egzaminator.panel.mailing.export import export_recipients
from egzaminator.panel.navigation import ENTER_WAGTAIL
from egzaminator.panel.person import add_person, history, pesel
from egzaminator.panel.person import page as person_page
from egzaminator.panel.person.account_actions import ACCOUNT_ACTIONS
from egzaminator.panel.person.claim_actions import CLAIM_ACTIONS, CLAIM_PAGE, RESEND
from egzaminator.panel.person.entry_actions import DECISION_ACTIONS, DECISION_PAGE, ENTRY_ACTIONS, ENTRY_PAGE
from egzaminator.panel.person.joining import JOIN, JOIN_PAGE, find_other
from egzaminator.panel.person.notes import NOTE_ACTIONS, NOTE_PAGE, REMOVE_NOTE
from egzaminator.panel.person.page import ACCOUNT_PAGE, EXAMINER_PAGE
from egzaminator.panel.person.register_actions import REGISTER_ACTIONS
from egzaminator.panel.protection import breach, data, notice, periods
from egzaminator.panel.protection import views as protection
from egzaminator.panel.protection.deletion import ASK_TO_DELETE
from egzaminator.panel.review.accepting import accept_urls
from egzaminator.panel.review.moving import MOVE, MOVE_PAGE
from egzaminator.panel.staff_actions import MEMBER_ACTIONS
from egzaminator.panel.staff_views import MEMBER_PAGE
from egzaminator.panel.wagtail_compat.screens import HomeView, PreferencesView, RedirectsView, framed
from egzaminator.panel.wagtail_compat.unreadable_input import refuse_unreadable_input
from egzaminator.panel.wagtail_compat.urls import close_others, name_patterns, no_export

# Wagtail's screens use inline scripts and styles, load icons from `data:` and `blob:`, and show previews in frames.
_WAGTAIL_POLICY = {
    "script-src": [SELF, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
    "font-src": [SELF],
    "frame-src": [SELF],
    "frame-ancestors": [SELF],
}

_OURS_INSTEAD: dict[str, Any] = {
    "wagtailadmin_home": HomeView,
    "wagtailadmin_account": PreferencesView,
    "wagtailredirects:index": RedirectsView,
}
_PREVIEWS = {"wagtailadmin_pages:preview_on_add", "wagtailadmin_pages:preview_on_edit"}

for name, pattern in name_patterns(wagtail_urls.urlpatterns):
    if name in _OURS_INSTEAD:
        pattern.callback = require_admin_access(_OURS_INSTEAD[name].as_view())
    if name in _PREVIEWS:
        pattern.callback = framed(pattern.callback)
decorate_urlpatterns(wagtail_urls.urlpatterns, refuse_unreadable_input)
decorate_urlpatterns(wagtail_urls.urlpatterns, no_export)
decorate_urlpatterns(wagtail_urls.urlpatterns, permission_required(ENTER_WAGTAIL))
decorate_urlpatterns(wagtail_urls.urlpatterns, csp_replace(_WAGTAIL_POLICY))
decorate_urlpatterns(wagtail_urls.urlpatterns, xframe_options_sameorigin)
close_others(wagtail_urls.urlpatterns)

urlpatterns = [
    path("", dashboard.dashboard, name="panel"),
    path("sprawy/", views.case, name="case"),
    path("pomoc/", guide_views.guides, name="guides"),
    path("pomoc/<slug:slug>/", guide_views.guide, name="guide"),
    path("moje-konto/", views.own_account, name="own-account"),
    path("do-sprawdzenia/", review_views.review, name="review"),
    *accept_urls(),
    path(f"do-sprawdzenia/<uuid:examiner_id>/{MOVE.path}/", form_view(MOVE, MOVE_PAGE), name=MOVE.name),
    path("dziennik/", journal_views.journal, name="journal"),
    path("dziennik/eksport/", journal_views.journal_export, name="journal-export"),
    path("ochrona-danych/", protection.protection, name="protection"),
    path("ochrona-danych/okresy/", periods.periods, name="retention-periods"),
    path("ochrona-danych/okresy/<slug:name>/", periods.rule, name="retention-rule"),
    path("ochrona-danych/klauzula/", notice.notice_versions, name="notice-versions"),
    path("ochrona-danych/klauzula/nowa/", notice.publish, name="publish-notice"),
    path("ochrona-danych/osoba/", data.find_person, name="protection-person"),
    path("ochrona-danych/osoba/<uuid:examiner_id>/dane/", data.issue, name="issue-data"),
    path(
        f"ochrona-danych/osoba/<uuid:examiner_id>/{ASK_TO_DELETE.path}/",
        form_view(ASK_TO_DELETE, EXAMINER_PAGE),
        name=ASK_TO_DELETE.name,
    ),
    path("ochrona-danych/naruszenie/", breach.breach, name="breach"),
    path("ochrona-danych/naruszenie/plik/", breach.breach_file, name="breach-file"),
    path("ustawienia/", views.settings, name="panel-settings"),
    path("ustawienia/kontakt/", contact_views.contact, name="board-contact"),
    path("ustawienia/dyzur/", settings_views.alone, name="alone-setting"),
    path("egzaminatorzy/", examiner_views.find, name="find-examiner"),
    path("egzaminatorzy/eksport/", export_views.ask_export, name="export-everybody"),
    path("egzaminatorzy/lista/<uuid:selection_id>/eksport/", export_views.ask_export, name="export-selection"),
    path("egzaminatorzy/eksporty/", export_views.exports, name="exports"),
    path("egzaminatorzy/eksporty/<uuid:export_id>/", export_views.export, name="export"),
    path("egzaminatorzy/eksporty/<uuid:export_id>/pobierz/", export_views.download_export, name="download-export"),
    path("egzaminatorzy/nowy/", add_person.add, name="add-person"),
    path("egzaminatorzy/lista/<uuid:selection_id>/", list_views.selected, name="examiner-list"),
    path(
        "egzaminatorzy/lista/<uuid:selection_id>/zapytaj-o-adresy/",
        email_question_views.ask_emails,
        name="ask-emails",
    ),
    path("egzaminatorzy/lista/<uuid:selection_id>/nazwa/", list_views.name_selection, name="name-selection"),
    path("egzaminatorzy/lista/<uuid:selection_id>/usun/", list_views.delete_selection, name="delete-selection"),
    path("egzaminatorzy/<uuid:examiner_id>/", person_page.examiner, name="examiner"),
    path("egzaminatorzy/<uuid:examiner_id>/pesel/", pesel.show_pesel, name="show-pesel"),
    path("egzaminatorzy/<uuid:examiner_id>/historia/", history.history, name="examiner-history"),
    *[
        path(f"egzaminatorzy/<uuid:examiner_id>/{one.path}/", form_view(one, EXAMINER_PAGE), name=one.name)
        for one in NOTE_ACTIONS
    ],
    path(
        f"egzaminatorzy/notatki/<uuid:note_id>/{REMOVE_NOTE.path}/",
        form_view(REMOVE_NOTE, NOTE_PAGE),
        name=REMOVE_NOTE.name,
    ),
    *[
        path(f"egzaminatorzy/<uuid:examiner_id>/{one.path}/", form_view(one, ACCOUNT_PAGE), name=one.name)
        for one in ACCOUNT_ACTIONS
    ],
    path("egzaminatorzy/<uuid:examiner_id>/wyciag/", person_page.extract, name="extract"),
    *[
        path(f"egzaminatorzy/<uuid:examiner_id>/{one.path}/", form_view(one, EXAMINER_PAGE), name=one.name)
        for one in REGISTER_ACTIONS
    ],
    path(f"egzaminatorzy/<uuid:examiner_id>/{JOIN.path}/", find_other, name="find-other"),
    path(f"egzaminatorzy/<uuid:examiner_id>/{JOIN.path}/<uuid:other_id>/", form_view(JOIN, JOIN_PAGE), name=JOIN.name),
    *[
        path(f"egzaminatorzy/wpisy/<int:entry_id>/{one.path}/", form_view(one, ENTRY_PAGE), name=one.name)
        for one in ENTRY_ACTIONS
    ],
    *[
        path(f"egzaminatorzy/decyzje/<int:decision_id>/{one.path}/", form_view(one, DECISION_PAGE), name=one.name)
        for one in DECISION_ACTIONS
    ],
    path(f"egzaminatorzy/formularze/<uuid:claim_id>/{RESEND.path}/", button_view(RESEND, CLAIM_PAGE), name=RESEND.name),
    *[
        path(f"egzaminatorzy/formularze/<uuid:claim_id>/{one.path}/", form_view(one, CLAIM_PAGE), name=one.name)
        for one in CLAIM_ACTIONS
    ],
    path("wiadomosci/", mailing_views.mailings, name="mailings"),
    path("wiadomosci/nowa/<uuid:selection_id>/", mailing_views.write, name="write-mailing"),
    path("wiadomosci/zaproszenia/", invitation_views.invitations, name="invitations"),
    path("wiadomosci/zaproszenia/nowe/<uuid:selection_id>/", invitation_views.invite, name="invite-examiners"),
    path("wiadomosci/zaproszenia/<uuid:invitation_id>/", invitation_views.invitation, name="invitation"),
    path("wiadomosci/zaproszenia/<uuid:invitation_id>/osoby/", invitation_views.people, name="invitation-people"),
    path("wiadomosci/zaproszenia/<uuid:invitation_id>/ponownie/", invitation_views.repeat, name="repeat-invitation"),
    path("wiadomosci/zaproszenia/<uuid:invitation_id>/listy/", invitation_views.letters, name="invitation-letters"),
    path("wiadomosci/<uuid:mailing_id>/", mailing_views.mailing, name="mailing"),
    path("wiadomosci/<uuid:mailing_id>/zmien/", mailing_views.change, name="change-mailing"),
    path("wiadomosci/<uuid:mailing_id>/zalaczniki/", attachment_views.attachments, name="mailing-attachments"),
    path(
        "wiadomosci/<uuid:mailing_id>/zalaczniki/<uuid:attachment_id>/",
        attachment_views.attachment,
        name="mailing-attachment",
    ),
    path(
        "wiadomosci/<uuid:mailing_id>/zalaczniki/<uuid:attachment_id>/usun/",
        attachment_views.remove,
        name="remove-mailing-attachment",
    ),
    path("wiadomosci/<uuid:mailing_id>/usun/", mailing_actions.delete, name="delete-mailing"),
    path("wiadomosci/<uuid:mailing_id>/podglad/", mailing_views.show_preview, name="preview-mailing"),
    path("wiadomosci/<uuid:mailing_id>/probna/", mailing_actions.test, name="test-mailing"),
    path("wiadomosci/<uuid:mailing_id>/wyslij/", mailing_actions.confirm, name="send-mailing"),
    path("wiadomosci/<uuid:mailing_id>/wstrzymaj/", mailing_actions.pause, name="pause-mailing"),
    path("wiadomosci/<uuid:mailing_id>/wznow/", mailing_actions.resume, name="resume-mailing"),
    path("wiadomosci/<uuid:mailing_id>/anuluj/", mailing_actions.cancel, name="cancel-mailing"),
    path("wiadomosci/<uuid:mailing_id>/ponownie/", mailing_actions.repeat, name="repeat-mailing"),
    path("wiadomosci/<uuid:mailing_id>/odbiorcy/", mailing_views.recipients, name="mailing-recipients"),
    path("wiadomosci/<uuid:mailing_id>/odbiorcy/eksport/", export_recipients, name="export-recipients"),
    path("import/", import_views.imports, name="imports"),
    path("import/<uuid:import_id>/", import_views.one_import, name="import"),
    *[
        path(f"import/<uuid:import_id>/{one.path}/", button_view(one, OWN_IMPORT), name=one.name)
        for one in IMPORT_ACTIONS
    ],
    path("import/<uuid:import_id>/do-poprawy/", import_views.ask_rows, name="import-rows"),
    path(f"import/<uuid:import_id>/{UNDO_IMPORT.path}/", form_view(UNDO_IMPORT, UNDO_PAGE), name=UNDO_IMPORT.name),
    path("import/<uuid:import_id>/pozostali/", people_left, name="import-left"),
    path("import/<uuid:import_id>/podglad/<slug:slug>/", import_views.one_import, name="import-part"),
    path("zakresy/", scope_views.scopes, name="scopes"),
    path("zakresy/nowy/", scope_views.add, name="add-scope"),
    path("zakresy/<int:scope_id>/", scope_views.change, name="scope"),
    path("zakresy/podstawy-skreslenia/", ground_views.grounds, name="grounds"),
    path("zakresy/podstawy-skreslenia/nowa/", ground_views.add, name="add-ground"),
    path("zakresy/podstawy-skreslenia/<int:ground_id>/", ground_views.change, name="ground"),
    path("pracownicy/", staff_views.staff, name="staff"),
    path("pracownicy/zapros/", staff_views.invite, name="invite-member"),
    path("pracownicy/<uuid:member_id>/", staff_views.member, name="member"),
    *[
        path(f"pracownicy/<uuid:member_id>/{one.path}/", form_view(one, MEMBER_PAGE), name=one.name)
        for one in MEMBER_ACTIONS
    ],
    path("dwie-osoby/<uuid:act_id>/", act_views.act, name="act"),
    *[path(f"dwie-osoby/<uuid:act_id>/{one.path}/", button_view(one, ACT_PAGE), name=one.name) for one in ACT_ACTIONS],
    path("strony/logout/", log_out),  # the log-out button of Wagtail's menu points here
    path("strony/", include(wagtail_urls)),
]
