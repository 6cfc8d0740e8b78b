"""What waits about examiners' accounts."""

from collections.abc import Sequence
from typing import Final

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from egzaminator.accounts.domain import reviews
from egzaminator.accounts.enums import AccountState, Voivodeship
from egzaminator.accounts.models import Account, Profile
from egzaminator.accounts.profile_display import changed_value, field_label
from egzaminator.cms.site_data import current_site_data
from egzaminator.panel.person.record_actions import CHANGE
from egzaminator.panel.review.kind import VIEW_EXAMINER, WHOLE_PERSON, Acceptance, Item, Line, ReviewKind
from egzaminator.records.domain.moving import HELD_DETAILS
from egzaminator.register.models import Examiner


def _examiner(of: Account | Profile) -> Examiner:
    account = of.account if isinstance(of, Profile) else of
    assert account.examiner is not None  # noqa: S101 -- for mypy: neither staff nor their profiles are listed
    return account.examiner


def _accounts() -> QuerySet[Account]:
    return Account.objects.filter(examiner__isnull=False).select_related("examiner")


def _profiles() -> QuerySet[Profile]:
    """Return the profiles of the accounts that are not closed: of those, nobody does anything any more."""
    return Profile.objects.exclude(account__state=AccountState.CLOSED).select_related("account__examiner")


def _not_me(rows: Sequence[Account], _member: Account) -> list[Item]:
    return [
        _item(
            account,
            since=account.not_me_since,
            seen=account.not_me_since.isoformat() if account.not_me_since else "",
        )
        for account in rows
    ]


def _changes(rows: Sequence[Profile], member: Account) -> list[Item]:
    waiting = reviews.waiting_changes(account_ids=[profile.pk for profile in rows])
    return [
        _item(
            profile,
            since=profile.changed_since,
            seen=waiting[profile.pk].seen,
            lines=[
                *_blocked(profile),
                *[
                    Line(field_label(one.field), changed_value(one.field, one.new), changed_value(one.field, one.old))
                    for one in waiting[profile.pk].rows
                ],
            ],
            move_url=_move_url(profile, member) if _is_held(waiting[profile.pk]) else "",
        )
        for profile in rows
    ]


def _surnames(rows: Sequence[Profile], member: Account) -> list[Item]:
    return [
        _item(
            profile,
            since=profile.surname_differs_since,
            seen=reviews.surnames_seen(profile),
            lines=[
                *_blocked(profile),
                Line(_("In the register"), _examiner(profile).surname),
                Line(_("Stated by the examiner"), profile.surname),
            ],
            move_url=_move_url(profile, member),
        )
        for profile in rows
    ]


def _residences(rows: Sequence[Profile], _member: Account) -> list[Item]:
    return [
        _item(profile, seen=profile.voivodeship, lines=[Line(_("Lives in"), _region(profile), None)])
        for profile in rows
    ]


def _region(profile: Profile) -> str:
    if profile.voivodeship:
        return f"{profile.locality}, {Voivodeship(profile.voivodeship).label}"
    return f"{profile.locality}, {changed_value('country', profile.country)}"


def _item(of: Account | Profile, **fields: object) -> Item:
    examiner = _examiner(of)
    return Item(
        pk=of.pk,
        title=examiner.name_by_surname,
        url=reverse("examiner", args=[examiner.pk]),
        examiner_ids=[examiner.pk],
        **fields,  # type: ignore[arg-type]  # each is named where it is called
    )


def _blocked(profile: Profile) -> list[Line]:
    """Return the warning that the account is blocked: what was stated there may be a thief's."""
    account = profile.account
    return [] if account.is_active else [Line(pgettext("examiners", "Account"), str(account.get_state_display()))]


def _is_held(waiting: reviews.WaitingChanges) -> bool:
    """Return whether the register holds one of the changed details."""
    return not HELD_DETAILS.isdisjoint(change.field for change in waiting.rows)


def _move_url(profile: Profile, member: Account) -> str:
    """Return where details are moved to the register. Not from a blocked account: who typed there may be a thief."""
    if member.has_perm(CHANGE) and profile.account.is_active:
        return reverse("move-to-register", args=[_examiner(profile).pk])
    return ""


def _elsewhere(_member: Account | None) -> list[QuerySet[Profile]]:
    """Return who lives outside the board's voivodeships, each other voivodeship apart; "" is abroad."""
    own = current_site_data().voivodeships
    others = [code for code in ("", *Voivodeship.values) if code not in own] if own else []
    profiles = Profile.objects.exclude(account__state=AccountState.CLOSED).prefetch_related("account__examiner")
    return [profiles.filter(voivodeship=code, residence_accepted=False) for code in others]


NOT_ME: Final[ReviewKind[Account]] = ReviewKind(
    slug="to-nie-ja",
    label=gettext_lazy("“It was not me”: blocked accounts"),
    hint=gettext_lazy("Call the owner. When you have spoken with them, give the account back on their page."),
    permission=VIEW_EXAMINER,
    rows=_accounts,
    waiting=lambda _member: [_accounts().filter(not_me_since__isnull=False)],
    order="not_me_since",
    items=_not_me,
    acceptance=Acceptance(
        permission="staff.give_back_account",
        parameter="uuid:account_id",
        accept=lambda account, seen, by: reviews.accept_not_me(account_id=account.pk, seen=seen, by=by),
        examiner=_examiner,
    ),
)
CHANGES: Final[ReviewKind[Profile]] = ReviewKind(
    slug="zmiany-danych",
    label=gettext_lazy("Changed details"),
    permission=WHOLE_PERSON,
    rows=_profiles,
    waiting=lambda _member: [_profiles().filter(changed_since__isnull=False)],
    order="changed_since",
    items=_changes,
    acceptance=Acceptance(
        permission=CHANGE,
        parameter="uuid:account_id",
        accept=lambda profile, seen, by: reviews.accept_changes(account_id=profile.pk, seen=seen, by=by),
        examiner=_examiner,
    ),
)
SURNAMES: Final[ReviewKind[Profile]] = ReviewKind(
    slug="nazwiska",
    label=gettext_lazy("Surname differs from the register"),
    permission=WHOLE_PERSON,
    rows=_profiles,
    waiting=lambda _member: [_profiles().filter(surname_differs_since__isnull=False)],
    order="surname_differs_since",
    items=_surnames,
    acceptance=Acceptance(
        permission=CHANGE,
        parameter="uuid:account_id",
        accept=lambda profile, seen, by: reviews.accept_surname(account_id=profile.pk, seen=seen, by=by),
        examiner=_examiner,
    ),
)
RESIDENCES: Final[ReviewKind[Profile]] = ReviewKind(
    slug="wojewodztwa",
    label=gettext_lazy("Address outside the board's voivodeships"),
    hint=gettext_lazy("An examiner who has moved for good belongs to another board: ask, and write the transfer down."),
    permission=WHOLE_PERSON,
    rows=_profiles,
    waiting=_elsewhere,
    order="voivodeship",
    items=_residences,
    acceptance=Acceptance(
        permission=CHANGE,
        parameter="uuid:account_id",
        accept=lambda profile, seen, by: reviews.accept_residence(account_id=profile.pk, seen=seen, by=by),
        examiner=_examiner,
    ),
)
