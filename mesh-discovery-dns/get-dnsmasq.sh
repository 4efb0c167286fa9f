#!/bin/sh
# get-dnsmasq.sh: put a real dnsmasq into a folder, without root.
#
#   usage: sh get-dnsmasq.sh FOLDER
#
# Standard output is one line: the absolute path of the program. Everything else goes to standard error.
# Tried in this order:
#   1. FOLDER/dnsmasq, if it is there and runs (a repeated call costs nothing)
#   2. $DNSMASQ_BIN, then a dnsmasq on the PATH or in /usr/sbin (linked into FOLDER)
#   3. Debian's dnsmasq-base and the libraries it needs, from the machine's own package sources: by the lists
#      it has, else by lists fetched for this once. They are unpacked into FOLDER.
#
# Only FOLDER and a temporary folder are written; the state of the machine's package system is not touched.
set -eu
umask 022
export LC_ALL=C

say() { printf 'get-dnsmasq: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
runs() { [ -x "$1" ] && "$1" --version >/dev/null 2>&1; }
help="Install dnsmasq (Debian: dnsmasq-base) or set DNSMASQ_BIN=/path/to/dnsmasq."

[ $# -eq 1 ] || die "usage: sh get-dnsmasq.sh FOLDER"
mkdir -p -- "$1" || die "cannot create folder $1"
dest=$(CDPATH='' cd -- "$1" && pwd -P)
target=$dest/dnsmasq
found() { say "$("$target" --version | sed -n 1p) ($1)"; printf '%s\n' "$target"; exit 0; }

# 1. already there
if runs "$target"; then found "already in $dest"; fi

# 2. an installed one
if [ -n "${DNSMASQ_BIN:-}" ]; then
  runs "$DNSMASQ_BIN" || die "DNSMASQ_BIN=$DNSMASQ_BIN does not run; correct it or unset it"
  ln -sf -- "$DNSMASQ_BIN" "$target"; found "from DNSMASQ_BIN"
fi
for bin in "$(command -v dnsmasq 2>/dev/null || true)" /usr/sbin/dnsmasq; do
  if [ -n "$bin" ] && runs "$bin"; then ln -sf -- "$bin" "$target"; found "$bin"; fi
done

# 3. from packages
command -v apt-get >/dev/null 2>&1 && command -v dpkg >/dev/null 2>&1 || die "no dnsmasq, and no apt-get here. $help"
tmp=$(mktemp -d "${TMPDIR:-/tmp}/get-dnsmasq.XXXXXX")
trap 'rm -rf -- "$tmp"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
mkdir -p "$tmp/lists/partial" "$tmp/cache/archives/partial" "$tmp/dl"
: >"$tmp/log"

sandbox=_apt; [ "$(id -u)" != 0 ] || sandbox=root
lists=
apt() { # apt COMMAND ARGUMENT...: with the machine's sources, writing nothing outside $tmp
  # shellcheck disable=SC2086
  "$@" -o "APT::Sandbox::User=$sandbox" -o "Dir::Cache=$tmp/cache" -o Debug::NoLocking=1 \
    -o Acquire::Languages=none -o Acquire::Retries=3 -o Acquire::http::Timeout=20 $lists
}
known() { apt apt-cache policy dnsmasq-base 2>/dev/null | grep -q 'Candidate: [0-9]'; }
fetch() {
  apt apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces \
    --no-enhances dnsmasq-base 2>>"$tmp/log" | grep -E '^(lib[a-z0-9.+-]+|dnsmasq-base)$' | sort -u |
    grep -Ev '^(libc6|libgcc-s1|libcrypt1)$' >"$tmp/packages"
  # shellcheck disable=SC2046
  (cd "$tmp/dl" && apt apt-get -q download $(cat "$tmp/packages")) >>"$tmp/log" 2>&1
}

if ! known || ! fetch; then
  say "fetching package lists for this once"
  lists="-o Dir::State::lists=$tmp/lists"
  apt apt-get -q update >>"$tmp/log" 2>&1 || say "not all lists could be had"
  fetch || die "no dnsmasq could be had: $(grep -E '^(E:|Err)' "$tmp/log" | sed -n '$p' | sed 's#[a-z]*://[^ ]*##g' | cut -c1-120). $help"
fi
rm -rf -- "$dest/root.$$"
for deb in "$tmp"/dl/*.deb; do dpkg -x "$deb" "$dest/root.$$"; done
rm -rf -- "$dest/root"; mv -- "$dest/root.$$" "$dest/root"
libs=$(find "$dest/root" -name 'lib*.so*' -exec dirname {} + | sort -u | tr '\n' ':')
cat >"$target" <<END
#!/bin/sh
LD_LIBRARY_PATH=$libs exec "$dest/root/usr/sbin/dnsmasq" "\$@"
END
chmod 755 "$target"
runs "$target" || die "dnsmasq from packages does not run: $("$target" --version 2>&1 | sed -n 1p). $help"
found "from the machine's package sources"
