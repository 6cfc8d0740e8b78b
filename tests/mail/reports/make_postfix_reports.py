"""Have a real Postfix make reports: for an unknown user, a full mailbox, a greylisted e-mail, and a silent server.

Run by `tests/helpers/mail_servers.py` in a namespace of its own, where /mnt is a file system in memory and no network
but loopback is. Two servers run there: the board's relay, and the one of a school. The first argument is the folder to
write the reports to, the others are the recipients' addresses, each followed by its token.
"""

import fcntl
import os
import shutil
import signal
import smtplib
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

BASE = Path("/mnt")
RELAY, SCHOOL = 2525, 2526
NOBODY = 65534
MAIN = """
compatibility_level = 3.6
myhostname = {host}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mail_owner = daemon
setgid_group = games
queue_directory = {home}/queue
data_directory = {home}/data
daemon_directory = /usr/lib/postfix/sbin
command_directory = /usr/sbin
maillog_file = {home}/log
maillog_file_prefixes = /mnt
mynetworks = 127.0.0.0/8
mydestination =
alias_maps =
smtp_dns_support_level = disabled
smtp_host_lookup = native
recipient_delimiter = +
virtual_mailbox_base = {home}/mail
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 1s
"""
OF_RELAY = """
virtual_mailbox_domains = oke.example
virtual_mailbox_maps = static:bounce/
transport_maps = inline:{ { szkola.example = smtp:[127.0.0.1]:2526 }, { cisza.example = smtp:[127.0.0.1]:2599 } }
delay_warning_time = 2s
maximal_queue_lifetime = 15s
bounce_queue_lifetime = 15s
"""
OF_SCHOOL = """
virtual_mailbox_domains = szkola.example
virtual_mailbox_maps = inline:{ pelna@szkola.example=full, szara@szkola.example=grey/ }
transport_maps = inline:{ { oke.example = smtp:[127.0.0.1]:2525 } }
message_size_limit = 20000
virtual_mailbox_limit = 20000
smtpd_recipient_restrictions = check_recipient_access texthash:/mnt/school/greylist, permit_mynetworks
"""
MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
"""
QUEUES = (
    *("incoming", "active", "deferred", "defer", "bounce", "flush", "hold", "trace", "corrupt", "saved"),
    *("pid", "private", "public", "maildrop"),
)


def bring_up_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        fcntl.ioctl(sock, 0x8914, struct.pack("16sh14x", b"lo", 0x41))  # SIOCSIFFLAGS: IFF_UP and IFF_RUNNING


def start(name: str, host: str, port: int, more: str) -> subprocess.Popen[bytes]:
    home = BASE / name
    (home / "etc").mkdir(parents=True)
    for folder in ("queue", "data", "mail", *(f"queue/{queue}" for queue in QUEUES)):
        (home / folder).mkdir(mode=0o755)
        if folder not in {"queue", "queue/pid"}:
            shutil.chown(home / folder, "daemon" if folder != "mail" else NOBODY, "games" if "m" in folder else None)
    (home / "etc" / "main.cf").write_text(MAIN.format(host=host, home=home) + more)
    (home / "etc" / "master.cf").write_text(MASTER.format(port=port))
    return subprocess.Popen(["/usr/lib/postfix/sbin/master", "-d", "-c", str(home / "etc")])


def wait_for(port: int) -> None:
    for _ in range(400):
        try:
            with smtplib.SMTP("127.0.0.1", port, timeout=5):
                return
        except OSError:
            time.sleep(0.05)
    raise SystemExit("Postfix does not start")


def wait_for_reports(count: int) -> list[bytes]:
    folder = BASE / "relay" / "mail" / "bounce" / "new"
    for _ in range(600):
        if folder.exists() and len(list(folder.iterdir())) >= count:
            return [path.read_bytes() for path in folder.iterdir()]
        time.sleep(0.05)
    for log in BASE.glob("*/log"):
        sys.stderr.write(log.read_text())
    raise SystemExit("the reports do not come")


def send(email: str, token: str) -> None:
    content = b"Subject: Aktywacja konta\r\nMessage-ID: <1@oke.example>\r\n\r\nTajny link\r\n"
    with smtplib.SMTP("127.0.0.1", RELAY, timeout=20) as smtp:
        smtp.sendmail(f"bounce+{token}@oke.example", [email], content, ["RET=HDRS", f"ENVID={token}"])


def main(folder: Path, *pairs: str) -> None:
    bring_up_loopback()
    emails = dict(zip(pairs[::2], pairs[1::2], strict=True))
    greylist = BASE / "school" / "greylist"
    greylist.parent.mkdir()
    greylist.write_text("szara@szkola.example 450 4.2.0 Greylisted, try again later\n")
    school = start("school", "mx.szkola.example", SCHOOL, OF_SCHOOL)
    start("relay", "mail.oke.example", RELAY, OF_RELAY)
    full = BASE / "school" / "mail" / "full"
    full.write_bytes(b"From anybody\n" + b"x" * 19_950)
    os.chown(full, NOBODY, NOBODY)
    wait_for(SCHOOL)
    wait_for(RELAY)
    for email, token in emails.items():
        send(email, token)
    # Of four e-mails one does not exist and one finds no room; two are delayed, and one of these is given up.
    wait_for_reports(4)
    greylist.write_text("")
    school.send_signal(signal.SIGHUP)
    reports = wait_for_reports(5)
    grey = BASE / "school" / "mail" / "grey" / "new"
    for _ in range(400):
        if grey.exists() and list(grey.iterdir()):
            break
        time.sleep(0.05)
    else:
        raise SystemExit("what was greylisted is not delivered")
    for number, report in enumerate(reports):
        (folder / f"{number}.eml").write_bytes(report)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
