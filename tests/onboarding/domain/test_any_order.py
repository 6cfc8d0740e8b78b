"""In any order of steps, an account has one owner, who proved its mailbox, and no dead link works."""

import datetime
import re
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from egzaminator.accounts.domain.freezing import freeze_by_link
from egzaminator.accounts.domain.password_matching import match_password
from egzaminator.accounts.domain.passwords import reset_password
from egzaminator.accounts.errors import LinkError, ResendTooSoonError
from egzaminator.accounts.models import Account
from egzaminator.login.domain.password_reset import process_reset_requests, request_reset
from egzaminator.mail.errors import MailsUsedUpError
from egzaminator.mail.models import Email
from egzaminator.onboarding.domain.activation import activate_claim, resend_activation
from egzaminator.onboarding.domain.claims import FilledForm, correct_email, save_claim, stop_claim
from egzaminator.onboarding.domain.retention import expire_claims
from egzaminator.onboarding.errors import AccountExistsError, ClaimClosedError, CorrectionsUsedUpError
from egzaminator.onboarding.models import Claim
from egzaminator.rate_limits.errors import LimitReachedError
from egzaminator.register.models import Examiner
from tests.helpers.factories import DETAILS, PESELS, make_examiner, make_grant
from tests.helpers.links import text_of
from tests.onboarding.world import (
    KNOWN_MAILBOX,
    LIFETIMES,
    MAILBOXES,
    PASSWORDS,
    PAUSES,
    READERS,
    SALT,
    Form,
    MailedLink,
    Owner,
    World,
    hashed,
    is_dead,
    kill,
    now,
    refused_if,
)

pytestmark = pytest.mark.slow

fillers = st.sampled_from(["owner", "owner", "stranger"])
# Most people give their own mailbox.
mailboxes = st.sampled_from([MAILBOXES["owner"]] * 3 + [MAILBOXES["stranger"], MAILBOXES["bystander"]])
any_of = st.integers(min_value=0, max_value=10_000)


class AnyOrder(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.clock = time_machine.travel(datetime.datetime(2026, 11, 22, 10, 54, tzinfo=datetime.UTC), tick=False)
        self.time = self.clock.start()
        self.world = World()
        self.seen: set[object] = set()
        self.examiner = make_examiner(email=KNOWN_MAILBOX)
        Examiner.objects.update(password_salt=SALT)

    def teardown(self) -> None:
        try:
            if self.world.account:
                assert self.whose_password() == [self.world.account.person]
        finally:
            self.clock.stop()
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)

    # What happens ----------------------------------------------------------------------------------------------------

    @initialize(person=fillers, mailbox=mailboxes, at_once=st.booleans())
    def begin(self, *, person: str, mailbox: str, at_once: bool) -> None:
        self.save(person, mailbox)
        self.links_reach_their_mailboxes()
        if at_once:
            self.activate(which=0, in_the_forms_browser=True)

    @rule(person=fillers, mailbox=mailboxes)
    def save(self, person: str, mailbox: str) -> None:
        grant = make_grant(self.examiner)
        form = FilledForm(
            email=mailbox,
            password_hash=hashed(person),
            details=dict(DETAILS),
            privacy_notice_version="1",
            language="pl",
        )
        if self.world.account:
            with pytest.raises(AccountExistsError):
                save_claim(grant=grant, form=form)
            return
        claim = save_claim(grant=grant, form=form)
        assert save_claim(grant=grant, form=form) == claim
        self.world.forms.append(Form(claim, person))

    @rule(which=any_of, mailbox=mailboxes)
    def correct(self, which: int, mailbox: str) -> None:
        form = self.world.forms[which % len(self.world.forms)]
        try:
            with suppress(MailsUsedUpError):  # the address is corrected nevertheless
                correct_email(claim_id=form.claim.id, email=mailbox, password=PASSWORDS[form.person])
        except (ClaimClosedError, CorrectionsUsedUpError, LimitReachedError):
            return
        assert form.is_open
        form.claim.email = mailbox
        kill(link for link in self.world.of("a") if link.about == form.claim.id)

    @rule(which=any_of)
    def resend(self, which: int) -> None:
        form = self.world.forms[which % len(self.world.forms)]
        with suppress(ClaimClosedError, MailsUsedUpError, ResendTooSoonError):
            resend_activation(claim_id=form.claim.id)
            assert form.is_open

    @precondition(lambda self: self.world.of("a"))
    @rule(which=any_of, in_the_forms_browser=st.booleans())
    def activate(self, *, which: int, in_the_forms_browser: bool) -> None:
        link = self.pick("a", which)
        form = next(form for form in self.world.forms if form.claim.id == link.about)
        proven = form.claim.id if in_the_forms_browser and form.person == link.reader else None
        with refused_if(must_be_refused=is_dead(link) or not form.is_open or form.person != link.reader):
            activate_claim(token=link.token, password=PASSWORDS[link.reader], proven_claim=proven)
            self.world.account = Owner(link.reader, link.mailbox)
            self.close(self.world.forms)
            kill(self.world.of("a"))

    @precondition(lambda self: self.world.of("s"))
    @rule(which=any_of)
    def stop(self, which: int) -> None:
        link = self.pick("s", which)
        form = next(form for form in self.world.forms if form.claim.id == link.about)
        with refused_if(must_be_refused=is_dead(link) or not form.is_open):
            stop_claim(token=link.token)
            self.close([form])

    @rule()
    def ask_for_a_new_password(self) -> None:
        request_reset(name=PESELS[0], language="pl", ip="192.0.2.1")
        process_reset_requests()

    @precondition(lambda self: self.world.of("h"))
    @rule(which=any_of)
    def reset(self, which: int) -> None:
        link = self.pick("h", which)
        with refused_if(must_be_refused=is_dead(link)):
            reset_password(token=link.token, password=PASSWORDS[link.reader])
            assert self.world.account is not None
            self.world.account.person = link.reader
            kill(self.world.of("h"))

    @precondition(lambda self: self.world.of("n"))
    @rule(which=any_of)
    def freeze(self, which: int) -> None:
        link = self.pick("n", which)
        with refused_if(must_be_refused=is_dead(link)):
            freeze_by_link(token=link.token)
            assert self.world.account is not None
            self.world.account.is_active = False
            kill(self.world.of("h"))
            kill(other for other in self.world.of("n") if other.mailbox == link.mailbox)

    @precondition(lambda self: self.world.links)
    @rule(which=any_of, what=st.sampled_from("ashn"), garbage=st.sampled_from(["", "x", "ą" * 22]))
    def open_what_was_never_sent(self, which: int, what: str, garbage: str) -> None:
        link = self.world.links[which % len(self.world.links)]
        token = link.token if what != link.what else link.token[:-1] + garbage
        openers: dict[str, Callable[..., object]] = {
            "a": partial(activate_claim, password=PASSWORDS["owner"]),
            "s": stop_claim,
            "h": partial(reset_password, password=PASSWORDS["stranger"]),
            "n": freeze_by_link,
        }
        with pytest.raises(LinkError):
            openers[what](token=token)

    @rule(pause=st.sampled_from(PAUSES), sweeps=st.booleans())
    def time_passes(self, *, pause: datetime.timedelta, sweeps: bool) -> None:
        self.time.shift(pause)
        self.close([form for form in self.world.forms if form.claim.expires_at <= now()])
        if sweeps:
            expire_claims()

    # What must hold --------------------------------------------------------------------------------------------------

    @invariant()
    def there_is_one_account_at_most_and_it_is_its_owners(self) -> None:
        accounts = list(Account.objects.values_list("email", "is_active"))
        owner = self.world.account
        assert accounts == ([(owner.mailbox, owner.is_active)] if owner else [])
        assert owner is None or READERS[owner.mailbox] == owner.person

    @invariant()
    def the_forms_that_wait_are_those_that_may(self) -> None:
        waiting = {claim.id for claim in Claim.objects.all() if claim.is_open}
        assert waiting == {form.claim.id for form in self.world.forms if form.is_open}

    @invariant()
    def links_reach_their_mailboxes(self) -> None:
        for message in Email.objects.exclude(pk__in=self.seen).filter(email__in=READERS):
            self.seen.add(message.pk)
            for what, token in re.findall(
                r"^http://localhost:8000/([ashn])/([\w-]{22})/\r?$", text_of(message), re.MULTILINE
            ):
                expires_at = now() + datetime.timedelta(hours=LIFETIMES[what])
                self.world.links.append(MailedLink(what, token, message.email, message.related_id, expires_at))

    def whose_password(self) -> list[str]:
        hashes = [Account.objects.get().password]
        return [who for who, password in PASSWORDS.items() if match_password(password=password, hashes=hashes) == 0]

    def pick(self, what: str, which: int) -> MailedLink:
        links = self.world.of(what)
        return links[which % len(links)]

    def close(self, forms: list[Form]) -> None:
        for form in forms:
            form.is_open = False
            kill(link for link in self.world.links if link.about == form.claim.id)


@pytest.mark.django_db
def test_an_account_has_one_owner_and_no_dead_link_works() -> None:
    # No shrinking: a failure is reported as found, since shrinking would take minutes of hashing.
    quick = settings(
        max_examples=16,
        stateful_step_count=20,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(AnyOrder, settings=quick)
