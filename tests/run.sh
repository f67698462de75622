#!/usr/bin/env bash
# Installs what is missing from Debian, builds, and runs every test: what a new machine and CI do.
#
#   tests/run.sh            everything
#   tests/run.sh --quick    unit tests only, with the build folder as it is
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source tests/support/install.sh

quick=no
[ "${1:-}" = --quick ] && quick=yes

step() {
  printf '\n== %s (%ds)\n' "$1" "$SECONDS"
}

step "install what is missing"
install_build_packages

step "configure and build"
cmake --preset release >build.log 2>&1 || { cat build.log; exit 1; }
rm -f build.log
cmake --build --preset release

step "unit tests, scenarios and simulation"
ctest --test-dir build --output-on-failure --timeout 300

[ "$quick" = yes ] && exit 0

step "programs for the end-to-end tests, unpacked, not installed"
unpack_debian_packages build/quickstart/root prometheus prometheus-pushgateway prometheus-node-exporter \
  prometheus-alertmanager python3-jsonschema python3-attr python3-pyrsistent python3-yaml \
  exim4-daemon-light libidn12 libnss-wrapper libgnutls-dane0 libunbound8 libevent-2.1-7 libnsl2 libdb5.3

step "the examples and the inbox"
/usr/bin/python3 -B tests/support/examples_test.py

step "end to end: the program against a real Prometheus"
/usr/bin/python3 -B -m unittest discover --start-directory tests/e2e --pattern '*_test.py' --verbose

step "the quickstart, as a new user runs it"
examples/quickstart.sh --once

step "all green"
