#!/usr/bin/env bash
# Installs the servers that tests start, from Debian's packages, without starting any: where we are
# root and apt-get is there. Otherwise it says what is missing, and the tests of those are skipped.
set -euo pipefail

declare -A programs=(
    [mariadb-server]=/usr/sbin/mariadbd
    [postgresql]='/usr/lib/postgresql/*/bin/postgres'
    [memcached]=/usr/bin/memcached
    [redis-server]=/usr/bin/redis-server
)
missing=()
for package in "${!programs[@]}"; do
    compgen -G "${programs[$package]}" > /dev/null || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get > /dev/null; then
    echo "not installed, so their tests are skipped: ${missing[*]}" >&2
    exit 0
fi

# Packages start their servers as soon as they are there, unless this says no.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' > "$policy"
    chmod +x "$policy"
    trap 'rm -f "$policy"' EXIT
fi
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
if ! { apt-get update && apt-get install --yes --no-install-recommends "${missing[@]}"; } > "$log" 2>&1; then
    tail -5 "$log" >&2
    echo "could not be installed, so their tests are skipped: ${missing[*]}" >&2
fi
rm -f "$log"
