# shellcheck shell=bash
# Functions to get what Tocsin needs from Debian. To be sourced, by tests/run.sh and examples/quickstart.sh.
#
#   install_build_packages              installs what cmake/debian-packages.txt lists and this machine lacks
#   unpack_debian_packages DIR PKG...   unpacks packages under DIR without installing them, so that no service starts
#
# Both do nothing, and need neither root nor network, when everything is already there.

# The repository, found from this file so that the caller's directory does not matter.
tocsin_repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# as_root COMMAND...: runs it directly when we are root, through sudo otherwise.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo -- "$@"
  else
    echo "This needs root, and there is no sudo here: $*" >&2
    return 1
  fi
}

# missing_packages: the packages of the list that are not installed, one a line.
missing_packages() {
  local needed installed
  needed=$(sed -e 's/#.*//' -e 's/[[:space:]]//g' -e '/^$/d' "$tocsin_repository/cmake/debian-packages.txt")
  # dpkg-query fails when it does not know one of them, and names the others all the same; grep fails when none is
  # missing. Neither may end a caller that runs with `set -e -o pipefail`.
  # shellcheck disable=SC2086,SC2016
  installed=$({ dpkg-query --show --showformat='${Package} ${db:Status-Status}\n' $needed 2>/dev/null || true; } |
    sed -n 's/ installed$//p')
  grep --line-regexp --invert-match --fixed-strings --file=<(echo "$installed") <<<"$needed" || true
}

# refresh_package_lists: once per run, because a fresh machine's lists may be empty or out of date.
refresh_package_lists() {
  [ -n "${tocsin_lists_are_fresh:-}" ] && return 0
  as_root apt-get update --quiet=2 || return 1
  tocsin_lists_are_fresh=yes
}

install_build_packages() {
  local names missing log=$tocsin_repository/build/install.log
  names=$(missing_packages) || return 1
  [ -z "$names" ] && return 0
  mapfile -t missing <<<"$names"
  echo "Installing from Debian: ${missing[*]}"
  mkdir -p "$(dirname "$log")"
  if ! refresh_package_lists; then
    echo "As root, run: apt-get update && apt-get install --no-install-recommends ${missing[*]}" >&2
    return 1
  fi
  if ! as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install --quiet=2 --yes --no-install-recommends "${missing[@]}" >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "Installing failed; all of its output is in $log" >&2
    return 1
  fi
}

# download_package PKG: fetches PKG's .deb into the current directory; refreshes the lists if that is what it takes.
download_package() {
  local sandbox=()
  # As root, apt would drop to a user who may not write here, and warn about it.
  [ "$(id -u)" -eq 0 ] && sandbox=(-o APT::Sandbox::User=root)
  apt-get download --quiet=2 "${sandbox[@]}" "$1" 2>/dev/null && return 0
  refresh_package_lists && apt-get download --quiet=2 "${sandbox[@]}" "$1"
}

# The packages are unpacked alone, without what they depend on: Prometheus and its exporters are Go programs that need
# only the C library. A program that lacks more than that is reported here rather than later and obscurely.
unpack_debian_packages() {
  local directory=$1 package archive program
  shift
  mkdir -p "$directory/.unpacked" || return 1
  directory=$(cd "$directory" && pwd)
  for package in "$@"; do
    [ -e "$directory/.unpacked/$package" ] && continue
    archive=$(mktemp -d "$directory/.download.XXXXXX") || return 1
    if ! (cd "$archive" && download_package "$package" && dpkg -x ./*.deb "$directory"); then
      rm -rf "$archive"
      echo "Could not unpack the Debian package $package into $directory." >&2
      return 1
    fi
    for program in $(dpkg --contents "$archive"/*.deb | sed -n 's|.* \./\(usr/bin/[^ ]*\)$|\1|p'); do
      if ldd "$directory/$program" 2>/dev/null | grep --silent 'not found'; then
        echo "$directory/$program lacks libraries:" >&2
        ldd "$directory/$program" | grep 'not found' >&2
        rm -rf "$archive"
        return 1
      fi
    done
    rm -rf "$archive"
    touch "$directory/.unpacked/$package"
  done
}
