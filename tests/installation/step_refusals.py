"""What the installation refuses, in words, before it changes anything."""

from tests.installation.machine import Machine
from tests.installation.step_install import put_release
from tests.installation.steps import World, step


def _refused(machine: Machine, *, before: str, after: str, by: str = "") -> str:
    """Bring about a state, and return what the installation says to it. Undo the state."""
    told = machine.sh(
        f"""
        {before}
        touch ~/before
        cd ~/egzaminator
        {by} sh install answers >/tmp/told 2>&1 && echo installed || echo "refused $?"
        find /etc /opt /usr/local -newer ~/before 2>/dev/null
        dpkg --list nginx 2>/dev/null | grep ^ii || true
        {after}
        """
    )
    assert told == "refused 1\n", told
    return machine.sh("cat /tmp/told")


@step("it refuses in words, and changes nothing")
def refusals(world: World) -> str:
    machine = world.machine
    put_release(machine, world)
    cases = [
        # Who reads another's folder may be anybody; who installs is root.
        ("chmod 755 /root", "chmod 700 /root", "runuser -u nobody --", "Only root can install"),
        (
            "rm /etc/os-release; sed s/VERSION_ID=.*/VERSION_ID=11/ /usr/lib/os-release >/etc/os-release",
            "rm /etc/os-release; ln -s ../usr/lib/os-release /etc/os-release",
            "",
            "It installs on Debian 12 and 13",
        ),
        (
            "cp ~/egzaminator/requirements.txt /tmp; echo x >>~/egzaminator/requirements.txt",
            "cp /tmp/requirements.txt ~/egzaminator/",
            "",
            "are not those of the release",
        ),
        ("mkdir -p /opt/egzaminator/.git", "rm -r /opt/egzaminator", "", "is a git clone, as release 0.1"),
        (
            "mkdir /etc/egzaminator; echo PESEL_INDEX_KEY=x >/etc/egzaminator/environment",
            "rm -r /etc/egzaminator",
            "",
            "s/^PESEL_ENCRYPTION_KEYS=/ENCRYPTION_KEYS=/",
        ),
        (
            "systemd-run --quiet --unit=other systemd-socket-activate --listen=80 /bin/cat; sleep 1",
            "systemctl stop other",
            "",
            "Port 80 is taken by systemd-socket",
        ),
        ("mv ~/egzaminator/answers /tmp", "mv /tmp/answers ~/egzaminator", "", "There is no file"),
    ]
    for before, after, by, words in cases:
        told = _refused(machine, before=before, after=after, by=by)
        assert words in told, told
    return f"{len(cases)} of them"
