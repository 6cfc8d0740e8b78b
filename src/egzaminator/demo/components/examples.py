"""What the page of components shows of each style sheet: real templates, with made-up values."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from wagtail.documents.models import Document
from wagtail.images.models import Image

from egzaminator.accounts.history_text import sentence
from egzaminator.accounts.mfa.forms import NewPasskeyForm, TotpForm
from egzaminator.accounts.mfa.views import qr_code_url
from egzaminator.accounts.models import Account
from egzaminator.accounts.overview_text import cards_of, tasks_of
from egzaminator.accounts.profile_display import profile_groups
from egzaminator.audit.models import UndecryptableValue
from egzaminator.cms.models import NewsPage
from egzaminator.cms.search import FoundPage, SearchForm
from egzaminator.core.paging import Page
from egzaminator.demo.components import samples
from egzaminator.demo.components.forms import SampleForm
from egzaminator.demo.components.sections import Example
from egzaminator.demo.components.tokens import PAIRS, SCHEMES, WIDE, colours_in, contrast_of, tokens_when
from egzaminator.panel.forms import CaseForm


def examples() -> Mapping[str, Sequence[Example]]:
    """Return the examples of each style sheet, by its name."""
    account = samples.examiner()
    page = Page(
        [NewsPage(title="Wiadomość", lead="Wstęp", date=timezone.localdate())], samples.cursor(), is_first=False
    )
    found = Paginator(range(30), 10).page(2)
    result = FoundPage("Nie pamiętam hasła", reverse("search"), [("Ustaw nowe ", False), ("hasło", True), (".", False)])
    search = {
        "form": SearchForm({"q": "hasło"}),
        "query": "hasło",
        "found": found,
        "results": [result],
        "LANGUAGE_CODE": get_language(),
    }
    answers = {"filled": "Zażółć", "read_only": "MBI/1/2019", "choice": "other", "is_more": "on", "password": "x"}
    answers |= {"new_password": "haslo", "repeated_password": "inne"}
    wrong = SampleForm({f"wrong-{name}": answer for name, answer in answers.items()}, prefix="wrong")
    document = Document(pk=1, title="Regulamin", file="regulamin.pdf", file_size=123456)
    return {
        "fonts": [_own("fonts")],
        "tokens": [_own("tokens", **_tokens())],
        "base": [_own("base")],
        "buttons": [_own("buttons")],
        "forms": [
            _own("forms", form=SampleForm(prefix="right")),
            _own("forms", form=wrong),
        ],
        "progress": [_own("progress", form=wrong)],
        "lists": [
            _own("lists", news=page.rows, page=page, documents={"heading": "Dokumenty", "documents": [document]}),
            Example("cms/search.html", search),
        ],
        "articles": [Example("cms/news_page.html", {"page": _article()})],
        "cards": [_own("cards", stranger=AnonymousUser(), examiner=account)],
        "tables": [
            Example(
                "panel/case.html",
                {
                    "form": CaseForm(),
                    "unreadable": [UndecryptableValue(location="accounts.profile.phone:17", times=3)],
                },
            )
        ],
        "notices": [
            _own(
                "notices",
                levels=("info", "success", "warning", "error"),
                deliveries=samples.deliveries(),
            ),
            _own("dialogs", user=account),
            Example("login/refusal.html", {"case_code": "K7F3-QM9T"}),
        ],
        "account": _account_screens(account),
        "frame": [_own("frame", user=account)],
        "header": [_own("header")],
        "login-box": [_own("login-box")],
        "focus": [_own("focus")],
        "print": [_own("print")],
    }


def _own(name: str, **context: Any) -> Example:
    """Return an example of what has no template of its own on the site, or is only a part of a page."""
    return Example(f"demo/components/{name}.html", context)


def _account_screens(account: Account) -> list[Example]:
    overview = samples.overview()
    secret = generate_totp_secret()
    rows = [(item, sentence(tag=item.tag, details=item.details, count=item.count)) for item in samples.history()]
    sessions = samples.sessions()
    email = samples.emails()[0]
    screens: dict[str, dict[str, Any]] = {
        "my_account": {
            "examiner": account.examiner,
            "tasks": tasks_of(account, overview),
            "cards": cards_of(account, overview),
            "entries": overview.entries,
            "groups": profile_groups(account.profile),
        },
        "inbox": {"page": Page(samples.emails(), samples.cursor(), is_first=True)},
        "inbox_email": {"message": email, "text": "Dzień dobry!\n\nHasło zostało zmienione."},
        "history": {"rows": rows, "page": Page(rows, None, is_first=False)},
        "sessions": {"sessions": sessions, "own": sessions[0].pk},
        "mfa/second_factor": {"second_factors": overview.second_factors},
        "mfa/add_totp": {"form": TotpForm(), "secret": secret, "qr_code": qr_code_url(account, secret)},
        "mfa/add_passkey": {"form": NewPasskeyForm(prefix="passkey")},
        "mfa/recovery_codes": {"second_factors": overview.second_factors},
    }
    return [Example(f"accounts/{name}.html", {"user": account, **context}) for name, context in screens.items()]


def _article() -> NewsPage:
    """Return a page with every kind of block, those of images only if the site has one."""
    text = "<p>Tekst z <a href='/szukaj/'>odnośnikiem</a> i <b>pogrubieniem</b>.</p>"
    image = Image.objects.first()
    none = {"image": None, "alt_text": "", "decorative": False}
    picture = {"image": image.pk, "alt_text": image.title, "decorative": False} if image else none
    steps = [
        {"title": "Pierwszy krok", "text": text, "image": picture},
        {"title": "Drugi krok", "text": f"{text}<ul><li>punkt</li></ul>", "image": none},
    ]
    table = {
        "columns": [{"type": "text", "heading": "Nazwa"}, {"type": "text", "heading": "Wartość"}],
        "rows": [{"values": [text, text]}],
        "caption": "Tabela",
    }
    blocks: list[tuple[str, Any]] = [
        ("text", f"<h2>Nagłówek</h2>{text}<h3>Mniejszy nagłówek</h3><ol><li>punkt</li></ol>"),
        *(("callout", {"tone": tone, "text": text}) for tone in ("info", "warning", "success")),
        ("steps", steps),
        ("table", table),
        *([("image", picture)] if image else []),
        *(("board", kind) for kind in ("contact", "controller", "officer")),
    ]
    body = json.dumps([{"type": kind, "value": value} for kind, value in blocks])
    return NewsPage(title="Artykuł", lead="Wstęp do artykułu.", body=body, last_published_at=timezone.now())


def _tokens() -> dict[str, Any]:
    colours = {scheme: colours_in(scheme) for scheme in SCHEMES}
    narrow, wide = tokens_when(()), tokens_when((WIDE,))

    def measures(*beginnings: str) -> list[tuple[str, str, str]]:
        return [(name, narrow[name], wide[name]) for name in narrow if name.startswith(beginnings)]

    return {
        "schemes": list(SCHEMES),
        "colours": [(name, [colours[scheme][name] for scheme in SCHEMES]) for name in colours["light"]],
        "pairs": [(pair, [contrast_of(pair, scheme) for scheme in SCHEMES]) for pair in PAIRS],
        "sizes": measures("size-"),
        "spaces": measures("gap"),
        "widths": measures("measure", "page", "aside"),
        "corners": measures("corner"),
    }
