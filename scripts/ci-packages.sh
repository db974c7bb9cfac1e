#!/usr/bin/env bash
# What the suites need beside Node, PostgreSQL and Redis, from Debian's packages when it is absent.
set -euo pipefail

missing=()
[ -x "${CHROMIUM_PATH:-/usr/bin/chromium}" ] || missing+=(chromium)
# promtool and Prometheus; without them what needs them is skipped with the reason
command -v promtool >/dev/null && command -v prometheus >/dev/null || missing+=(prometheus)

[ ${#missing[@]} -eq 0 ] && exit 0
# a package must not start a server of its own
if [ ! -e /usr/sbin/policy-rc.d ]; then
  printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
  chmod +x /usr/sbin/policy-rc.d
  trap 'rm -f /usr/sbin/policy-rc.d' EXIT
fi
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
