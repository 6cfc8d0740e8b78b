#!/bin/sh
# Installs what the tests need beside Python packages: Chromium for the journeys, gettext for the catalogue's test.
# Unpacks Debian's Postfix, Dovecot, Prometheus and nginx into the cache folder, where that is possible; they are not installed.
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
