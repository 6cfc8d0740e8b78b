"""Going back, on a server in a folder with made-up releases."""

from dataclasses import replace

from tests.deployment.server import NGINX, Made, Server

NEXT = Made(
    "0.3.0",
    migrations=("register.0001_initial", "register.0002_wider"),
    nginx=NGINX.replace("1m", "2m"),
    units=("egzaminator-new.timer",),
)


def test_the_release_before_runs_as_it_did_on_the_wider_database(server: Server) -> None:
    before = server.state
    server.upgrade(server.wheel(NEXT))

    result = server.rollback()

    assert (result.code, result.words) == (0, "")
    assert result.output.startswith("Back from 0.3.0 to 0.2.0.\n")
    assert result.output.endswith("0.2.0 runs. The database stays as it is.\n")
    assert server.state == before
    assert (server.root / "database").read_text().split() == ["register.0001_initial", "register.0002_wider"]


def test_what_was_changed_on_the_server_meanwhile_stays_changed(server: Server) -> None:
    server.upgrade(server.wheel(NEXT))
    server.nginx.write_text(server.nginx.read_text() + "allow 10.0.0.1;\n")

    server.rollback()

    assert server.nginx.read_text() == NGINX.replace("example", "oke") + "allow 10.0.0.1;\n"


def test_forward_again_after_that(server: Server) -> None:
    server.upgrade(server.wheel(NEXT))
    after = server.state
    server.rollback()

    assert server.upgrade(server.wheel(NEXT)).code == 0
    assert server.state == after


def test_the_first_release_has_none_before(server: Server) -> None:
    result = server.rollback()

    assert (result.code, result.words) == (1, "\nThere is no release before 0.2.0 here. Nothing was changed.\n")


def test_a_contraction_forbids_the_release_that_needs_what_it_took(server: Server) -> None:
    """It happens if a release was skipped by hand: an upgrade refuses to skip it."""
    server.upgrade(server.wheel(NEXT))
    narrower = replace(
        NEXT,
        version="0.4.0",
        migrations=(*NEXT.migrations, "register.0003_narrower"),
        contractions='{"register.0003_narrower": "0.3.0"}',
    )
    assert server.upgrade(server.wheel(narrower)).code == 0
    at_0_4 = server.state
    skipped = server.layout.release("0.3.0").folder
    skipped.rename(server.layout.release("0.2.9").folder)

    result = server.rollback()

    assert result.code == 1
    assert "0.4.0 took away from the database what 0.2.9 needs (register.0003_narrower). Nothing was" in result.words
    assert server.state == at_0_4


def test_a_contraction_of_what_the_release_before_does_not_need_forbids_nothing(server: Server) -> None:
    server.upgrade(server.wheel(NEXT))
    narrower = replace(
        NEXT,
        version="0.4.0",
        migrations=(*NEXT.migrations, "register.0003_narrower"),
        contractions='{"register.0003_narrower": "0.3.0"}',
    )
    server.upgrade(server.wheel(narrower))

    assert server.rollback().code == 0
    assert set(server.running.values()) == {"0.3.0"}


def test_what_a_newer_release_did_is_not_known_here(server: Server) -> None:
    server.upgrade(server.wheel(NEXT))
    with (server.root / "database").open("a") as database:
        database.write("register.0009_from_afar\n")
    at_0_3 = server.state

    result = server.rollback()

    assert result.code == 1
    assert "A release newer than 0.3.0 has changed the database (register.0009_from_afar)" in result.words
    assert server.state == at_0_3


def test_if_the_release_before_does_not_start_the_words_say_so(server: Server) -> None:
    server.upgrade(server.wheel(NEXT))
    (server.layout.release("0.2.0").folder / "broken-egzaminator-worker@1.service").touch()

    result = server.rollback()

    assert result.code == 1
    assert result.words.splitlines()[1:] == [
        "egzaminator-worker@1.service did not start. Its log: journalctl -u egzaminator-worker@1.service -n 50",
        "  Job for egzaminator-worker@1.service failed.",
    ]
