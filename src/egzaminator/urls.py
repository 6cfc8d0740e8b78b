"""All URLs of the site: Polish without a prefix, English under /en/."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path, re_path, register_converter
from django.views.decorators.http import require_safe

from egzaminator.accounts import link_paths
from egzaminator.accounts.mfa import login_views as mfa_login
from egzaminator.accounts.mfa import views as mfa
from egzaminator.accounts.views import email, email_question, history, sessions
from egzaminator.accounts.views import links as account_links
from egzaminator.accounts.views import password as passwords
from egzaminator.accounts.views import profile as accounts
from egzaminator.accounts.views.privacy_notice import privacy_notice
from egzaminator.cms import views as pages
from egzaminator.cms.feeds import NewsFeed
from egzaminator.cms.search import search
from egzaminator.cms.seo import PageSitemap, robots
from egzaminator.data_export.views import my_data
from egzaminator.login import passkey_views as login_passkeys
from egzaminator.login import views as logins
from egzaminator.login.claim_form_view import ClaimFormView
from egzaminator.mailings import views as mailings
from egzaminator.mailings.link_paths import UnsubscribeTokenConverter
from egzaminator.onboarding import link_views as claim_links
from egzaminator.onboarding import status_views
from egzaminator.onboarding import views as onboarding
from egzaminator.web import errors, well_known
from egzaminator.web.page_cache import public_page

register_converter(UnsubscribeTokenConverter, "unsubscribe_token")
urlpatterns = [
    *i18n_patterns(
        path("", pages.home, name="home"),
        path("konto/logowanie/", logins.login, name="login"),
        path("konto/logowanie/ciasteczka/", logins.cookie_check, name="cookie-check"),
        path("konto/logowanie/drugi-krok/", mfa_login.second_step, name="mfa_authenticate"),  # allauth's name for it
        path("konto/logowanie/drugi-krok/wyzwanie/", mfa_login.second_step_challenge, name="second-step-challenge"),
        path("konto/logowanie/klucz/", login_passkeys.passkey_login, name="passkey-login"),
        path(
            "konto/logowanie/klucz/wyzwanie/",
            login_passkeys.passkey_login_challenge,
            name="passkey-login-challenge",
        ),
        path("konto/wyloguj/", logins.log_out, name="log-out"),
        path("konto/wylogowano/", logins.logged_out, name="logged-out"),
        path("konto/haslo/", logins.forgotten_password, name="forgotten-password"),
        path("konto/haslo/wyslane/", logins.reset_requested, name="reset-requested"),
        path("konto/haslo/zmienione/", account_links.password_changed, name="password-changed"),
        path(
            "konto/haslo/zmienione/pracownik/",
            account_links.password_changed,
            {"is_for_staff": True},
            name="staff-password-changed",
        ),
        path("konto/zakladanie/", ClaimFormView.as_view(), name="claim-form"),
        path("konto/zakladanie/przedluz/", onboarding.prolong, name="claim-prolong"),
        path("konto/aktywacja/", status_views.status, name="claim-status"),
        path("konto/aktywacja/ponownie/", status_views.resend, name="claim-resend"),
        path("konto/aktywacja/adres/", status_views.correct, name="claim-correct"),
        path("konto/aktywacja/zakoncz/", status_views.finish, name="claim-finish"),
        path("konto/aktywne/", claim_links.activated, name="activated"),
        path("konto/", accounts.my_account, name="my-account"),
        path("konto/dane/", accounts.edit_details, name="edit-details"),
        path("konto/historia/", history.history, name="history"),
        path("konto/historia/kto-ogladal/", history.looks, name="looks"),
        path("konto/sesje/", sessions.sessions, name="sessions"),
        path("konto/sesje/wizyta/", sessions.visit, name="session-visit"),
        path("konto/potwierdzenie/", mfa_login.reauthenticate, name="confirm"),
        path("konto/potwierdzenie/wyzwanie/", mfa_login.reauthentication_challenge, name="confirm-challenge"),
        path("konto/drugi-skladnik/", mfa.second_factor, name="second-factor"),
        path("konto/drugi-skladnik/aplikacja/", mfa.add_totp, name="add-totp"),
        path("konto/drugi-skladnik/aplikacja/usun/", mfa.remove_totp, name="remove-totp"),
        path("konto/drugi-skladnik/klucz/", mfa.add_passkey, name="add-passkey"),
        path("konto/drugi-skladnik/klucz/wyzwanie/", mfa.passkey_challenge, name="passkey-challenge"),
        path("konto/drugi-skladnik/klucz/<int:passkey_id>/usun/", mfa.remove_passkey, name="remove-passkey"),
        path("konto/drugi-skladnik/kody/", mfa.recovery_codes, name="recovery-codes"),
        path("konto/klauzula/", privacy_notice, name="privacy-notice"),
        path("konto/moje-dane/", my_data, name="my-data"),
        path("konto/wiadomosci/", mailings.all_messages, name="messages"),
        path("konto/wiadomosci/wszystkie/", mailings.all_mailings, name="own-mailings"),
        path("konto/wiadomosci/ustawienia/", mailings.preferences, name="mailing-preferences"),
        path("konto/wiadomosci/<uuid:message_id>/", mailings.message, name="message"),
        path(
            "konto/wiadomosci/<uuid:message_id>/zalaczniki/<uuid:attachment_id>/",
            mailings.attachment,
            name="message-attachment",
        ),
        path("konto/zmiana-hasla/", passwords.change_password, name="change-password"),
        path("konto/adres/", email.change_email, name="change-email"),
        path("konto/adres/ponownie/", email.resend, name="email-resend"),
        path("konto/adres/anuluj/", email.cancel, name="email-cancel"),
        path("konto/adres/pytanie/", email_question.ask, name="email-question"),
        path("konto/adres/zmieniony/", email.email_changed, name="email-changed"),
        path("a/<mailed_token:token>", claim_links.activate, name="activate"),
        path("s/<mailed_token:token>", claim_links.stop, name="stop-claim"),
        path("h/<mailed_token:token>", account_links.reset, name="reset"),
        path("e/<mailed_token:token>", account_links.confirm_new_email, name="new-email"),
        path("n/<mailed_token:token>", account_links.freeze, name="freeze"),
        path("p/<mailed_token:token>", email_question.confirm_email, name="confirm-email"),
        path("w/<unsubscribe_token:token>", mailings.unsubscribe, name="unsubscribe"),
        path("pomoc/pierwsze-logowanie/", pages.first_login_help, name="first-login-help"),
        path("szukaj/", search, name="search"),
        prefix_default_language=False,
    ),
]
if settings.DEMO:
    urlpatterns += [path("demo/", include("egzaminator.demo.urls"))]
urlpatterns += [
    path(".well-known/security.txt", well_known.security_txt),
    path("panel/", include("egzaminator.panel.urls")),
    re_path(r"^dokumenty/(\d+)/([^/]+)\Z", pages.document, name="wagtaildocs_serve"),
    re_path(r"^media/images/(?P<name>[A-Za-z0-9_-][A-Za-z0-9._-]*)\Z", pages.image),
    path("media/board.<slug:version>.css", pages.board_styles, name="board-styles"),
    path("aktualnosci/rss/", require_safe(public_page(NewsFeed())), name="news-feed"),
    path("sitemap.xml", require_safe(public_page(sitemap)), {"sitemaps": {"pages": PageSitemap}}, name="sitemap"),
    path("robots.txt", robots),
    re_path(r"^(?P<start>(?i:(?:en/)?[aehnpsw]))/(?P<rest>(?s:.*))\Z", link_paths.capital_link),
    re_path(r"^((?:[\w\-]+/)*)$", pages.content, name="wagtail_serve"),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
