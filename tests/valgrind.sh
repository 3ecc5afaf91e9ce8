#!/usr/bin/env bash
# valgrind.sh TEST... -- each test program under memcheck: no invalid access,
# no use of what was not set, nothing lost for good.
# Left out: what measures its own memory or time (net_idle, the storm of
# net_test) and what starts itself again by /proc/self/exe (media_record).
set -u
command -v valgrind >/dev/null || { echo "valgrind is not installed: apt install valgrind"; exit 1; }
here=$(dirname "${BASH_SOURCE[0]}")
passed=0 failed=0
for t in "$@"; do
	case $t in */net_idle_test|*/net_test|*/media_record_test) continue ;; esac
	if timeout 600 valgrind -q --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite \
	    --suppressions="$here/valgrind.supp" --child-silent-after-fork=yes "$t" >"$t.vg" 2>&1; then
		echo "pass  ${t#"$B"/}"; passed=$((passed + 1)); rm -f "$t.vg"
	else
		echo "FAIL  ${t#"$B"/}"; grep -E '^==|not ok' "$t.vg" | head -n 40; failed=$((failed + 1))
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
