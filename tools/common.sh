# What run, check, .ci/run and tools/debian13 share: words, progress, packages, the build. They source it.
# shellcheck shell=bash

project=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd -P)
packages=$project/tools/packages.txt

say () { printf '%s\n' "$*" >&2; }
fail () { say "$@"; exit 1; }

# On a terminal: "WHAT 12/87" while a command takes longer than half a second; the count is the last one in its log.
show_progress () {
  local what=$1 log=$2 pipe count dots=.
  exec {pipe}<> <(:)  # nothing ever comes: read is a sleep that leaves no process behind
  while read -rt 0.5 -u "$pipe" || kill -0 $$ 2>/dev/null; do
    count=$(tail -n 1 "$log" | grep -oE '[0-9]+/[0-9]+' | head -n 1)
    printf '\r\e[K%s %s' "$what" "${count:-$dots}" >&2
    dots=${dots/#.../}.
  done
}

# quietly WHAT LOG COMMAND...: runs it with its words in the log.
quietly () {
  local what=$1 log=$2 ticker='' rc=0
  shift 2
  : >"$log"
  if [ -t 2 ]; then show_progress "$what" "$log" & ticker=$!; fi
  "$@" >"$log" 2>&1 </dev/null || rc=$?
  if [ -n "$ticker" ]; then
    kill "$ticker"
    wait "$ticker" || printf '\r\e[K' >&2
  fi
  return "$rc"
}

# Where the command fails, shows its first error (or the end of its log) and says where the rest is.
step () {
  quietly "$@" && return
  grep -m 1 -A 24 -E '^FAILED: |ERROR: ' "$2" >&2 || tail -n 25 "$2" >&2
  say "$1 failed. All that it said: $2"
  return 1
}

# The command prefix for administrator rights, said before they are asked for.
with_rights () {  # with_rights WHAT: sets the array `rights`
  rights=()
  [ "$(id -u)" != 0 ] || return 0
  command -v sudo >/dev/null || fail "$1 needs administrator rights, and there is no sudo here. Run this as root once."
  say "$1 needs administrator rights, through sudo."
  sudo -v || fail "Without them this cannot go on."
  rights=(sudo)
}

apt_install () {
  local log
  say "Installing with apt: $*"
  with_rights "That"
  log=$(mktemp)
  # The lists may be old or missing: they are fetched only where the packages cannot be had without.
  step "Installing" "$log" "${rights[@]}" env DEBIAN_FRONTEND=noninteractive bash -c '
    apt-get install -y "$@" || { apt-get update && apt-get install -y "$@"; }' - "$@" || exit 1
  rm -f "$log"
}

wanted_packages () { grep -vE '^[[:space:]]*(#|$)' "$packages" | sort; }

# "debian 13": the system that an os-release file describes.
# shellcheck disable=SC1090
system_of () { (. "$1" && printf '%s %s %s' "$ID" "${VERSION_ID:-}" "${VARIANT_ID:-}"); }

# Are this system's own packages new enough? What apt would install decides, not what is installed.
is_new_enough () {
  local package least candidate
  while read -r package least; do
    candidate=$(apt-cache policy "$package" | sed -n 's/^  Candidate: //p')
    case $candidate in
      '' | '(none)') return 1 ;;
    esac
    dpkg --compare-versions "$candidate" ge "$least" || return 1
  done <<<'gcc 4:14
meson 1.7
libgtk-4-dev 4.18
libadwaita-1-dev 1.7'
}

# Comes back on a system that can build: this one, or the Debian 13 root, in which it runs the calling script anew.
# What made build/ makes it again, so only the first start (and one after a change of tools/packages.txt) asks apt.
enter_system () {  # enter_system SCRIPT ARGUMENT...
  local made=$project/build/made-on root=$project/.debian13 missing
  [ ! -e /.packages ] || return 0  # in the root, where tools/debian13 sees to the packages
  if [ -e "$made" ] && [ -e "$project/build/packages.txt" ] && [ ! "$packages" -nt "$project/build/packages.txt" ]; then
    if [ "$(system_of "$made")" = "$(system_of /etc/os-release)" ]; then return 0; fi
    if [ -e "$root" ]; then exec "$project/tools/debian13" "$@"; fi
  fi
  if ! command -v apt-get >/dev/null; then
    command -v meson >/dev/null ||
      fail "There is no apt here, so please install what tools/packages.txt names: a C compiler, meson 1.7 or later, the libraries."
    return 0
  fi
  if ! apt-cache show libgtk-4-dev >/dev/null 2>&1; then
    say "Asking apt which packages there are."
    with_rights "That"
    "${rights[@]}" apt-get update -qq || true
  fi
  if ! is_new_enough; then exec "$project/tools/debian13" "$@"; fi
  # shellcheck disable=SC2046 # one word a package
  missing=$(comm -23 <(wanted_packages) <(dpkg-query -Wf '${Package} ${db:Status-Status}\n' $(wanted_packages) 2>/dev/null |
    sed -n 's/ installed$//p' | sort))
  # shellcheck disable=SC2086
  if [ -n "$missing" ]; then apt_install $missing; fi
}

# build FOLDER [MESON OPTION...] [-- TARGET...]: on the system that enter_system came back on.
build () {
  local folder=$project/$1 options=()
  shift
  while [ $# -gt 0 ] && [ "$1" != -- ]; do
    options+=("$1")
    shift
  done
  [ $# = 0 ] || shift
  if [ -e "$folder/made-on" ] && [ "$(system_of "$folder/made-on")" != "$(system_of /etc/os-release)" ]; then
    say "${folder##*/}/ was made on another system: making it anew."
    rm -rf "$folder"
  fi
  mkdir -p "$folder"
  if [ ! -e "$folder/build.ninja" ]; then
    step "Configuring" "$folder/setup.log" meson setup "$folder" "$project" "${options[@]}" || return
  elif [ ${#options[@]} -gt 0 ]; then
    step "Configuring" "$folder/setup.log" meson configure "$folder" "${options[@]}" || return
  fi
  # Two starts at a time share the folder.
  step "Building" "$folder/build.log" flock "$folder/.lock" ninja -C "$folder" "$@" || return
  [ "$packages" -ot "$folder/packages.txt" ] || cp "$packages" "$folder/packages.txt"
}

# All tests of a build, or those that the arguments of `meson test` choose; summarise says how they ended.
run_tests () {  # run_tests FOLDER [ARGUMENT...]
  local folder=$project/$1
  shift
  rm -f "$folder/meson-logs/testlog.json"
  quietly "Testing" "$folder/test.log" meson test -C "$folder" --no-rebuild "$@" || true
}
