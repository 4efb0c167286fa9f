#!/bin/sh
# get-consul.sh: put a real consul binary into a folder, without root and without Docker.
#
#   usage: sh get-consul.sh FOLDER
#
# Standard output is one line: the absolute path of the binary. Everything else goes to standard error.
# Tried in this order:
#   1. FOLDER/consul, if it is there and runs (a repeated call costs nothing)
#   2. $CONSUL_BIN, then a consul on the PATH (linked into FOLDER)
#   3. a consul_*.deb that somebody has put into FOLDER or beside this script (fixed checksum)
#   4. the machine's own package sources, as they are
#   5. an older Debian suite through the mirror that the machine already uses for Debian, in private
#      lists, verified with the machine's own archive keyring
#
# CONSUL_OFFLINE=1 leaves out 4 and 5. Only FOLDER and a temporary folder are written; the state of the
# machine's package system is not touched.
set -eu
umask 022
export LC_ALL=C

# The last Debian that has Consul.
SUITE=bullseye
DEB=consul_1.8.7+dfsg1-2+b3_amd64.deb
DEB_SHA256=e4e888bba104daba1d9161f49bfc52649a7e4efd45b1a7ead5bc54f2cb9c89d9
RINGS='debian-archive-keyring.gpg debian-archive-bullseye-stable.gpg debian-archive-removed-keys.gpg'

say() { printf 'get-consul: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
runs() { [ -x "$1" ] && "$1" version >/dev/null 2>&1; }

[ $# -eq 1 ] || die "usage: sh get-consul.sh FOLDER"
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
mkdir -p -- "$1" || die "cannot create folder $1"
dest=$(CDPATH='' cd -- "$1" && pwd -P)
target=$dest/consul
found() { say "$("$target" version 2>/dev/null | sed -n 1p) ($1)"; printf '%s\n' "$target"; exit 0; }

# 1. already there
if runs "$target"; then found "already in $dest"; fi

# 2. an installed one
if [ -n "${CONSUL_BIN:-}" ]; then
  runs "$CONSUL_BIN" || die "CONSUL_BIN=$CONSUL_BIN does not run; correct it or unset it"
  bin=$(CDPATH='' cd -- "$(dirname -- "$CONSUL_BIN")" && pwd -P)/$(basename -- "$CONSUL_BIN")
  ln -sf -- "$bin" "$target"; found "from CONSUL_BIN"
fi
bin=$(command -v consul 2>/dev/null || true)
if [ -n "$bin" ] && [ "$bin" != "$target" ] && runs "$bin"; then
  ln -sf -- "$bin" "$target"; found "from PATH"
fi

tmp=$(mktemp -d "${TMPDIR:-/tmp}/get-consul.XXXXXX")
trap 'rm -rf -- "$tmp"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
why=
because() { say "$1"; why="$why; $1"; }

unpack() { # unpack DEB: its consul becomes $target
  rm -rf -- "$tmp/x"; mkdir "$tmp/x"
  dpkg -x "$1" "$tmp/x" && [ -f "$tmp/x/usr/bin/consul" ] || return 1
  # Copied beside the target, then renamed: a call running at the same time never sees half a file.
  cp -- "$tmp/x/usr/bin/consul" "$dest/.consul.$$" && chmod 755 "$dest/.consul.$$"
  runs "$dest/.consul.$$" || { rm -f -- "$dest/.consul.$$"; return 1; }
  mv -f -- "$dest/.consul.$$" "$target"
}

command -v dpkg >/dev/null 2>&1 ||
  die "no consul, and this machine has no dpkg to unpack Debian's with. Install Consul 1.8 or newer and set CONSUL_BIN=/path/to/consul."
arch=$(dpkg --print-architecture)

# 3. a package put here by hand
for deb in "$dest/$DEB" "$here/$DEB"; do
  [ -f "$deb" ] || continue
  if [ "$(sha256sum "$deb" | cut -d' ' -f1)" != "$DEB_SHA256" ]; then
    because "$deb has another checksum than expected, not used"
  elif unpack "$deb"; then
    found "from $deb"
  fi
done

private_apt() { # apt-get that sees and writes nothing outside $tmp
  set -- \
    -o "Dir::Etc::sourcelist=$tmp/sources.list" -o "Dir::Etc::sourceparts=$tmp/none" \
    -o "Dir::State=$tmp/state" -o "Dir::State::lists=$tmp/lists" -o "Dir::State::status=$tmp/status" \
    -o "Dir::Cache=$tmp/cache" -o "Dir::Log=$tmp" \
    -o Acquire::Languages=none -o Acquire::Retries=3 \
    -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20 -o Debug::NoLocking=1 "$@"
  [ "$(id -u)" != 0 ] || set -- -o APT::Sandbox::User=root "$@"
  apt-get -q "$@"
}

fetch() { # fetch URI SUITE KEYRING
  rm -rf -- "$tmp/lists" "$tmp/cache" "$tmp/state" "$tmp/dl"
  mkdir -p "$tmp/lists/partial" "$tmp/cache/archives/partial" "$tmp/state" "$tmp/none" "$tmp/dl"
  : >"$tmp/status"
  printf 'deb [arch=%s signed-by=%s] %s %s main\n' "$arch" "$3" "$1" "$2" >"$tmp/sources.list"
  # Error-Mode=any: a list that is missing or cannot be verified is a failure, not a warning.
  private_apt -o APT::Update::Error-Mode=any update >"$tmp/log" 2>&1 || return 1
  (cd "$tmp/dl" && private_apt download consul) >>"$tmp/log" 2>&1 || return 1
  for deb in "$tmp"/dl/consul_*.deb; do unpack "$deb" >>"$tmp/log" 2>&1 && return 0; done
  return 1
}
trouble() { grep -E '^E:|^Err' "$tmp/log" | sed -n '$p' | sed 's#[a-z]*://[^ ]*##g' | cut -c1-120; }

if [ "${CONSUL_OFFLINE:-0}" = 1 ]; then
  because "CONSUL_OFFLINE=1"
elif ! command -v apt-get >/dev/null 2>&1; then
  because "no apt-get here"
else
  # 4. the machine's own sources
  if apt-cache policy consul 2>/dev/null | grep -q 'Candidate: [0-9]'; then
    mkdir -p "$tmp/own"
    sandbox=_apt; [ "$(id -u)" != 0 ] || sandbox=root
    if (cd "$tmp/own" && apt-get -q -o "APT::Sandbox::User=$sandbox" download consul) >"$tmp/log" 2>&1; then
      for deb in "$tmp"/own/consul_*.deb; do unpack "$deb" && found "from the machine's own package sources"; done
    fi
    because "the machine's own package sources list consul but it could not be had: $(trouble)"
  fi
  # 5. the same mirrors, and the place beside them where many keep what they have archived. indextargets
  #    reads both forms of sources; --no-release-info makes it answer before the first "apt-get update" too.
  apt-get indextargets --no-release-info --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 2>/dev/null |
    awk '$3 == "main" && $2 !~ /-(security|updates|backports|proposed)/ && !seen[$1]++ { print $1 }' >"$tmp/mirrors"
  sed 'p; s#debian/*$#debian-archive/debian/#' "$tmp/mirrors" | sort -ru >"$tmp/uris"
  [ -s "$tmp/uris" ] || because "no Debian mirror in this machine's package sources"
  while IFS= read -r uri; do
    for ring in $RINGS; do
      [ -r "/usr/share/keyrings/$ring" ] || continue
      say "trying Debian $SUITE from the machine's own mirror"
      if fetch "$uri" "$SUITE" "/usr/share/keyrings/$ring" </dev/null; then
        found "Debian $SUITE, signature verified"
      fi
      because "Debian $SUITE: $(trouble)"
      # Another keyring helps only where the signature was the trouble.
      grep -qE 'NO_PUBKEY|not signed|EXPKEYSIG|signature' "$tmp/log" || break
    done
  done <"$tmp/uris"
fi

die "no consul could be had (${why#; }). Install Consul 1.8 or newer and set CONSUL_BIN=/path/to/consul, or put $DEB into $dest."
