#!/bin/sh
# update.sh [FOLDER] -- prints again what the manual pages take from tables:
# the lines between `.\" FROM NAME` and `.\" END`.  FOLDER (default: this one)
# is where the pages are; B is the build folder.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
B=${B:-$top/build}
case $B in /*) ;; *) B=$top/$B ;; esac

# "word TAB arguments TAB text" as mdoc items; minus signs as minus signs.
items() {
	awk -F '\t' -v M="$1" '
	function esc(s) { gsub(/\\/, "\\e", s); gsub(/-/, "\\-", s); return s }
	function text(s) {
		s = toupper(substr(s, 1, 1)) substr(s, 2)
		if (s !~ /[.?]$/) s = s "."
		gsub(/\\/, "\\e", s); gsub(/[.] /, ".\n", s); gsub(/[?] /, "?\n", s)
		return s
	}
	M == "verbs" { print ".It Cm \"" $1 ($2 == "" ? "" : " " $2) "\"" ($3 == "" ? "" : " Ar \"" esc($3) "\""); print text($4) }
	M == "options" { print ".It Fl \\-" $1 ($2 == "" ? "" : " Ar \"" esc($2) "\""); print text($3) }'
}
flags() {
	"$1" --lang en --help | sed -n 's/^  --\([a-z-]*\) \{0,1\}\([^ ]*\)  *\(.*\)$/\1\t\2\t\3/p' | items options
}
# A screen as text, without its colours.
picture() { sed 's/\x1b\[[0-9;]*m//g; s/\\/\\e/g; s/-/\\-/g; s/^\./\\\&./; s/ *$//; s/^$/ /'; }
table() {
	case $1 in
	options) "$B/waihu" config mdoc | sed 's|&[^ ]*/share/waihu|\&PREFIX/share/waihu|' ;;
	verbs) "$B/waihud" --verbs | items verbs ;;
	map) "$B/waihud" --map | sed '1d; s/^    //' ;;
	agent-options) flags "$B/waihu-agent" ;;
	agent-keys) "$B/waihu-agent" --lang en --mdoc ;;
	supervisor-picture) "$B/waihu-supervisor" --lang en --glyphs ascii --color mono --show S1 --size 80x24 | picture ;;
	supervisor-options) flags "$B/waihu-supervisor" ;;
	supervisor-keys) "$B/waihu-supervisor" --lang en --mdoc ;;
	*) echo "update.sh: $1: no such table" >&2; return 1 ;;
	esac
}

for page in "${1:-$top/man}"/*.[1578]; do
	grep -q '^\.\\" FROM ' "$page" || continue
	skip=
	while IFS= read -r line; do
		case $line in
		'.\" FROM '*)
			printf '%s\n' "$line"
			table "${line#'.\" FROM '}" || exit 1
			skip=1 ;;
		'.\" END') skip=; printf '%s\n' "$line" ;;
		*) [ -n "$skip" ] || printf '%s\n' "$line" ;;
		esac
	done <"$page" >"$page.new"
	if cmp -s "$page" "$page.new"; then rm "$page.new"; else mv "$page.new" "$page"; fi
done
