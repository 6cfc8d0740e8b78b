"""The upgrade's own steps, on a server in a folder with made-up releases."""

import fcntl
import re
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.deployment.server import NGINX, SERVICES, Made, Server

NEXT = Made(
    "0.3.0",
    migrations=("register.0001_initial", "register.0002_wider"),
    nginx=NGINX.replace("1m", "2m"),
    units=("egzaminator-new.timer",),
)
NARROWER = Made("0.4.0", contractions='{"register.0003_narrower": "0.3.0"}')
_PATIENCE = 30


def steps(server: Server) -> list[str]:
    """Return the programs that were started, without options, folders and the stopping of what is not there."""
    words = [re.sub(r" --property=.*?(?= --setenv| /)", "", line).split() for line in server.log]
    shown = [" ".join(Path(word).name for word in line if not word.startswith("-")) for line in words]
    return [line for line in shown if line != "systemctl stop egzaminator-release.service"]


def test_a_newer_release_runs_and_the_one_before_stays_beside_it(server: Server) -> None:
    result = server.upgrade(server.wheel(NEXT))

    assert (result.code, result.words) == (0, "")
    assert server.running == dict.fromkeys(SERVICES, "0.3.0")
    assert server.layout.current().version == "0.3.0"
    assert [release.version for release in server.layout.releases()] == ["0.2.0", "0.3.0"]
    assert server.layout.unfinished() is None
    assert (server.root / "database").read_text().split() == ["register.0001_initial", "register.0002_wider"]
    assert result.output.startswith("From 0.2.0 to 0.3.0.\nBacking up…\n")
    assert result.output.endswith(" seconds. Back to 0.2.0: /opt/egzaminator/current/deploy/rollback\n")


def test_the_backup_comes_first_and_the_services_one_after_the_other(server: Server) -> None:
    server.upgrade(server.wheel(NEXT))

    assert steps(server) == [
        "nginx",
        "systemctl start egzaminator-backup.service",
        "python3 venv 0.3.0",
        "python pip install requirements.txt",
        "python pip install egzaminator-0.3.0-py3-none-any.whl",
        "systemd-run egzaminator check WARNING",
        "systemd-run lock_timeout=10s egzaminator migrate 0",
        "nginx",
        "systemctl daemon-reload",
        "systemctl enable egzaminator-new.timer",
        "systemctl list-units egzaminator-web.service egzaminator-worker@*.service",
        "systemctl restart egzaminator-web.service",
        "systemctl restart egzaminator-worker@1.service",
        "systemctl restart egzaminator-worker@2.service",
        "systemctl reload nginx",
        "systemd-run egzaminator load_pages",
        "systemd-run egzaminator update_index",
    ]


def test_commands_of_the_release_are_shut_in_as_its_services_are(server: Server) -> None:
    server.upgrade(server.wheel(NEXT))

    unit = (server.layout.current().deploy / "egzaminator-worker@.service").read_text()
    (migrating,) = [line for line in server.log if " migrate " in line]
    given = re.findall(r"--property=(.*?)(?= --| /\S*/bin/egzaminator)", migrating)
    inside = [line for line in unit.partition("[Service]\n")[2].partition("\n[Install]")[0].splitlines() if line]
    of_a_daemon = ("ExecStart=", "Type=", "Restart=", "RestartSec=", "TimeoutStopSec=")
    assert given == [line for line in inside if not line.startswith(of_a_daemon)]
    assert {"User=egzaminator", "ProtectSystem=strict", "NoNewPrivileges=yes"} < set(given)
    assert "secret" not in "".join(server.log)


def test_a_server_without_a_package_index_takes_them_from_a_folder(server: Server) -> None:
    (server.root / "dist/wheels").mkdir()

    assert server.upgrade(server.wheel(NEXT)).code == 0

    (installing,) = [line for line in server.log if "requirements.txt" in line]
    assert f"--no-index --find-links {server.root}/dist/wheels --require-hashes" in installing


def test_what_was_changed_on_the_server_stays_changed(server: Server) -> None:
    server.nginx.write_text(server.nginx.read_text() + "allow 10.0.0.1;\n")

    server.upgrade(server.wheel(NEXT))

    assert server.nginx.read_text().split("\n\n\n\n") == [
        "server_name konta.oke.pl;",
        "client_max_body_size 2m;",
        "gzip off;\nallow 10.0.0.1;\n",
    ]
    assert (server.root / "usr/local/bin/egzaminator").read_text() == "#!/bin/sh\n# 0.3.0\n"
    assert (server.root / "etc/systemd/system/egzaminator-new.timer").exists()


def test_a_file_that_both_changed_stays_and_is_named(server: Server) -> None:
    server.nginx.write_text(NGINX.replace("1m", "9m"))

    result = server.upgrade(server.wheel(NEXT))

    assert result.code == 0
    assert server.nginx.read_text() == NGINX.replace("1m", "9m")
    assert f"  {server.nginx} stays as it is: the same lines were changed here and by the release." in result.output


def test_a_file_that_the_server_does_not_have_is_not_put_there(server: Server) -> None:
    server.nginx.unlink()  # nginx is on another machine

    assert server.upgrade(server.wheel(NEXT)).code == 0

    assert not server.nginx.exists()
    assert [line for line in server.log if "nginx" in line] == []


def test_of_all_releases_the_last_two_stay(server: Server) -> None:
    server.upgrade(server.wheel(NEXT))
    result = server.upgrade(server.wheel(replace(NEXT, version="0.4.0")))

    assert [release.version for release in server.layout.releases()] == ["0.3.0", "0.4.0"]
    assert f"Removed {server.layout.release('0.2.0').folder}." in result.output


def test_what_was_stopped_stays_stopped(server: Server) -> None:
    for service in SERVICES:
        (server.root / "running" / service).unlink()

    result = server.upgrade(server.wheel(NEXT))

    assert result.code == 0
    assert "  Nothing ran, so nothing was restarted.\n" in result.output
    assert "restart" not in "".join(server.log)


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (Made("0.2.0"), "0.2.0 is what runs. Nothing was changed."),
        (Made("0.1.9"), "0.1.9 is older than 0.2.0, which runs. Nothing was changed. To return to the release before"),
        (Made("0.2.0.dev3"), "0.2.0.dev3 is older than 0.2.0"),
        (NARROWER, "0.4.0 takes away from the database what 0.2.0 still needs while it runs. Nothing was changed."),
        (NARROWER, "Upgrade to 0.3.0 first, and then to 0.4.0."),
    ],
)
def test_there_is_no_way_to_some_releases(server: Server, made: Made, words: str) -> None:
    before = server.state

    result = server.upgrade(server.wheel(made))

    assert (result.code, result.output) == (1, "")
    assert words in result.words
    assert server.state == before
    assert server.log == []


def test_a_contraction_of_the_release_that_runs_is_no_hindrance(server: Server) -> None:
    made = replace(NEXT, contractions='{"register.0002_wider": "0.2.0"}')

    assert server.upgrade(server.wheel(made)).code == 0


def test_a_clone_of_0_1_is_told_how_its_settings_move(server: Server) -> None:
    (server.root / "opt/egzaminator/.git").mkdir()

    result = server.upgrade(server.wheel(NEXT))

    assert result.code == 1
    assert "is a git clone, as 0.1 was installed. No release upgrades it" in result.words
    assert "s/^PESEL_ENCRYPTION_KEYS=/ENCRYPTION_KEYS=/; s/^PESEL_INDEX_KEY=/BLIND_INDEX_KEY=/" in result.words
    assert server.log == []


def test_a_server_without_a_release_is_told_to_install_one(server: Server) -> None:
    (server.root / "opt/egzaminator/current").unlink()

    result = server.upgrade(server.wheel(NEXT))

    assert (result.code, result.words) == (
        1,
        f"\n{server.root}/opt/egzaminator/current is no link to a release: install one with deploy/install.\n",
    )


def test_one_at_a_time(server: Server) -> None:
    with (server.root / "opt/egzaminator/.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        results = [server.upgrade(server.wheel(NEXT)), server.rollback()]

    words = "\nAnother installation, upgrade or rollback is at work. Wait until it has ended.\n"
    assert [(result.code, result.words) for result in results] == [(1, words)] * 2
    assert server.log == []


def test_a_release_needs_room(server: Server) -> None:
    with (server.layout.current().folder / "large").open("w") as large:
        large.truncate(1 << 43)  # takes no room itself
    before = server.state

    result = server.upgrade(server.wheel(NEXT))

    assert result.code == 1
    assert re.search(r"has \d+ MB free, and a release needs \d+ MB\. Nothing was changed\.", result.words)
    assert server.state == before


def prevent(server: Server, what: str) -> Made:
    """Make a step of an upgrade fail. Return the release to upgrade to."""
    if what == "backup":
        (server.root / "no-backup").touch()
    if what == "unsafe settings":
        (server.root / "unsafe").touch()
    if what == "nginx before":
        server.nginx.write_text("broken")
    if what == "packages":
        (server.root / "dist/requirements.txt").unlink()
    return {
        "migration": replace(NEXT, migrations=(*NEXT.migrations, "register.0003_fails")),
        "nginx after": replace(NEXT, nginx=NGINX.replace("1m", "broken")),
        "web server": replace(NEXT, broken=("egzaminator-web.service",)),
        "second worker": replace(NEXT, broken=("egzaminator-worker@2.service",)),
        "readiness": replace(NEXT, broken=("readyz",)),
    }.get(what, NEXT)


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("nginx before", "nginx does not accept its configuration. Nothing was changed; 0.2.0 runs."),
        ("backup", "The backup failed. Nothing was changed; 0.2.0 runs. Its log: journalctl -u egzaminator-backup"),
        ("packages", "The packages that the release requires could not be installed.\n  cat: "),
        ("unsafe settings", "The new release refuses the settings.\n  DEMO is set (egzaminator.E001)"),
        ("migration", "A migration failed, and was undone.\n  psycopg.errors.UndefinedTable: no such table"),
        ("nginx after", "nginx does not accept the release's configuration.\n  nginx: [emerg] broken"),
        ("web server", "egzaminator-web.service did not start. Its log: journalctl -u egzaminator-web.service -n 50"),
        ("second worker", "egzaminator-worker@2.service did not start."),
        ("readiness", "/readyz):\n  unavailable\n  CRITICAL keys"),
    ],
)
def test_whatever_fails_the_release_before_runs_and_the_words_say_why(server: Server, what: str, words: str) -> None:
    made = prevent(server, what)
    before = server.state

    result = server.upgrade(server.wheel(made))

    assert result.code == 1
    assert words in result.words
    assert "Traceback" not in result.words
    assert server.state == before
    assert "0.2.0 runs" in result.words


def test_when_the_reason_is_mended_the_upgrade_goes_through(server: Server) -> None:
    server.upgrade(server.wheel(prevent(server, "second worker")))

    assert server.upgrade(server.wheel(NEXT)).code == 0
    assert server.running == dict.fromkeys(SERVICES, "0.3.0")


def test_if_the_release_before_does_not_run_either_the_words_say_so(server: Server) -> None:
    (server.layout.current().folder / "broken-egzaminator-worker@1.service").touch()
    made = replace(NEXT, broken=("egzaminator-web.service",))

    result = server.upgrade(server.wheel(made))

    assert result.code == 1
    assert "0.2.0 does not run either:\negzaminator-worker@1.service did not start." in result.words
    assert str(server.layout.unfinished()) == "Change(older='0.2.0', newer='0.3.0')"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_whoever_stops_it_has_the_release_before(server: Server, number: signal.Signals) -> None:
    before = server.state
    wheel = server.wheel(NEXT)

    with server.begin("upgrade", str(wheel), path=wheel, PAUSE="1") as process:
        deadline = time.monotonic() + _PATIENCE
        is_told = False
        while process.poll() is None:
            assert time.monotonic() < deadline
            if not is_told and (server.root / "paused").exists():
                process.send_signal(number)
                is_told = True
            elif is_told:  # the first restart, and those of the way back
                (server.root / "paused").unlink(missing_ok=True)
            time.sleep(0.02)
        assert process.stderr is not None
        words = process.stderr.read()

    assert process.returncode == 1
    assert f"It was stopped ({number.name}).\n\n0.2.0 runs again" in words
    assert server.state == before
