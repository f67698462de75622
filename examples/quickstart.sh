#!/usr/bin/env bash
# From nothing to a page: installs what is missing, builds Tocsin, then runs the main job with a real Prometheus and a
# real AI inference service, and shows every page as it arrives. See examples/ai/README.md for what it runs.
#
#   examples/quickstart.sh           runs one cycle (healthy, failing, healthy), then goes on until Ctrl-C
#   examples/quickstart.sh --once    ends after that cycle: exit code 0 if every page arrived, 1 if one did not
#   examples/quickstart.sh --keep    keeps the run's folder (logs, data, pages) also when all went well
#
# Everything listens on free ports of the loopback interface; everything it writes is under build/.
set -euo pipefail

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$repository"
# shellcheck source=tests/support/install.sh
source tests/support/install.sh

for argument in "$@"; do
  case "$argument" in
    --once | --keep) ;;
    -h | --help) sed -n '2,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) echo "quickstart.sh: unknown argument $argument; it takes --once and --keep" >&2; exit 2 ;;
  esac
done

# step DESCRIPTION COMMAND...: runs the command and says how long it took.
step() {
  local description=$1 began=${EPOCHREALTIME/,/.} # some locales write a comma
  shift
  echo "... $description"
  if ! "$@"; then
    echo "Failed: $description" >&2
    return 1
  fi
  LC_ALL=C awk -v a="$began" -v b="${EPOCHREALTIME/,/.}" -v what="$description" 'BEGIN { printf "%7.1f s  %s\n", b - a, what }'
}

build() {
  mkdir -p build
  if ! { cmake --preset release && cmake --build --preset release --target tocsin; } >build/quickstart-build.log 2>&1; then
    tail -n 40 build/quickstart-build.log >&2
    return 1
  fi
}

step "packages to build with (cmake/debian-packages.txt)" install_build_packages
step "build/tocsin (log: build/quickstart-build.log)" build
step "Prometheus, Pushgateway, node exporter, unpacked into build/quickstart/root" \
  unpack_debian_packages build/quickstart/root prometheus prometheus-pushgateway prometheus-node-exporter

# Debian's Python, because that is where apt put the packages; -B, so that no __pycache__ appears beside the sources.
exec /usr/bin/python3 -B examples/quickstart.py "$@"
