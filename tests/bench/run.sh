#!/usr/bin/env bash
# Measures Tocsin next to Debian's Alertmanager; everything that is missing for it is installed or unpacked first.
#
#   tests/bench/run.sh [OPTION…]      options: see tests/bench/router_side_by_side.py --help
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source tests/support/install.sh

[ -x build/tocsin ] || {
  echo "Build it first: cmake --preset release && cmake --build --preset release" >&2
  exit 1
}
unpack_debian_packages build/quickstart/root prometheus-alertmanager

if ! command -v wrk >/dev/null; then
  refresh_package_lists
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install --quiet=2 --yes --no-install-recommends wrk
fi

# nginx is only unpacked: a package that is installed would start a web server. Debian's nginx-light is this program and
# modules that are not needed here.
NGINX=$(command -v nginx || true)
if [ -z "$NGINX" ]; then
  unpack_debian_packages build/bench/root nginx
  NGINX=$PWD/build/bench/root/usr/sbin/nginx
fi
export NGINX

exec /usr/bin/python3 -B tests/bench/router_side_by_side.py "$@"
