#!/bin/sh
# deps.sh LIST -- installs the Debian packages of LIST that are missing.
set -eu
wanted=$(sed 's/#.*//' "$1" | awk 'NF { print $1 }')
if ! command -v apt-get >/dev/null 2>&1; then
	echo "This system has no apt. Waihu needs these packages of Debian 12 (or their like):" >&2
	echo "$wanted" >&2
	exit 1
fi
missing=
for p in $wanted; do
	dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing="$missing $p"
done
[ -n "$missing" ] || exit 0
echo "Installing:$missing"
sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
$sudo apt-get update -qq
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
