#!/bin/sh
# Installs what the tests need beside Python packages: Chromium for the journeys, gettext for the catalogue's test.
# Unpacks Debian's Postfix, Dovecot, Prometheus, nginx and PgBouncer into the cache folder, where that is possible; they are not
# installed.
set -eu

servers="${XDG_CACHE_HOME:-$HOME/.cache}/egzaminator-tests/mail-servers"
unpack_servers() {
    folder=$(mktemp -d) && cd "$folder" &&
        apt-get download -qq postfix dovecot-core dovecot-imapd &&
        for package in *.deb; do dpkg-deb -x "$package" root || return; done &&
        mkdir -p "$(dirname "$servers")" && mv root "$servers"
}
if [ "$(id -u)" = 0 ] && [ ! -e "$servers" ] && command -v apt-get dpkg-deb unshare >/dev/null; then
    (unpack_servers) 2>/dev/null || echo "Postfix and Dovecot could not be fetched: the tests that need them are skipped."
fi

prometheus="${XDG_CACHE_HOME:-$HOME/.cache}/egzaminator-tests/prometheus"
unpack_prometheus() {
    folder=$(mktemp -d) && cd "$folder" &&
        apt-get download -qq prometheus && dpkg-deb -x prometheus_*.deb root &&
        mkdir -p "$(dirname "$prometheus")" && mv root "$prometheus"
}
if [ ! -e "$prometheus" ] && command -v apt-get dpkg-deb >/dev/null; then
    (unpack_prometheus) 2>/dev/null || echo "Prometheus could not be fetched: the tests that need it are skipped."
fi

nginx="${XDG_CACHE_HOME:-$HOME/.cache}/egzaminator-tests/nginx"
unpack_nginx() {
    folder=$(mktemp -d) && cd "$folder" &&
        apt-get download -qq nginx && dpkg-deb -x nginx_*.deb root &&
        mkdir -p "$(dirname "$nginx")" && mv root "$nginx"
}
if [ ! -e "$nginx" ] && command -v apt-get dpkg-deb >/dev/null; then
    (unpack_nginx) 2>/dev/null || echo "nginx could not be fetched: the tests that need it are skipped."
fi

# PgBouncer of Debian 13 with its libraries, since Debian 12's knows no prepared statements.
pgbouncer="${XDG_CACHE_HOME:-$HOME/.cache}/egzaminator-tests/pgbouncer"
unpack_pgbouncer() {
    folder=$(mktemp -d) && cd "$folder" && mkdir -p lists/partial cache/archives/partial &&
        echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian trixie main" >list &&
        set -- -qq -o Dir::Etc::sourcelist="$folder/list" -o Dir::Etc::sourceparts=/dev/null -o APT::Sandbox::User=root \
            -o Dir::State::lists="$folder/lists" -o Dir::Cache="$folder/cache" &&
        apt-get "$@" update &&
        apt-get "$@" download pgbouncer libc6 libcares2 libevent-2.1-7t64 libpam0g libssl3t64 libsystemd0 libaudit1 \
            libcap2 libcap-ng0 libzstd1 zlib1g &&
        for package in *.deb; do dpkg-deb -x "$package" root || return; done &&
        mkdir -p "$(dirname "$pgbouncer")" && mv root "$pgbouncer"
}
if [ ! -e "$pgbouncer" ] && command -v apt-get dpkg-deb >/dev/null; then
    (unpack_pgbouncer) 2>/dev/null || echo "PgBouncer could not be fetched: the test that needs it is skipped."
fi

missing=
command -v chromium >/dev/null || missing="chromium fonts-dejavu-core"
command -v xgettext >/dev/null || missing="$missing gettext"
[ -n "$missing" ] || exit 0

fail() {
    printf '%s\n' "$1" >&2
    exit 1
}

if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    as_root=
elif command -v apt-get >/dev/null && sudo -n true 2>/dev/null; then
    as_root="sudo -n"
else
    fail "The tests need programs that are not here. On Debian: sudo apt install $missing"
fi

echo "Installing $missing…"
{
    $as_root apt-get update -qq &&
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends $missing >/dev/null
} || fail "They could not be installed; apt-get says above why. The tests need: $missing"
