# bench.sh -- every figure with the command that gives it (make bench).
# Each may be run by itself; nothing else should run on the machine then.
set -u
: "${B:=build}"
bad=0
log=$(mktemp); trap 'rm -f "$log"' EXIT
bench() {
	echo "\$ $*"
	timeout 600 "$@" 2>"$log" ||
	    { echo "bench: $1 ended with status $?"; tail -n 5 "$log"; bad=1; }
	echo
}
echo "waihu $(cat data/version), $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(nproc) cores, load $(cut -d' ' -f1 /proc/loadavg)"
echo
bench "$B/tests/bench_store/bench_store"
bench "$B/tests/bench_lead/bench_lead" "${BENCH_ROWS:-1000000}"
bench "$B/tests/bench_sip/bench_sip" 1500 10
bench "$B/tests/bench_media/bench_media" relay
bench "$B/tests/bench_media/bench_media" record
bench "$B/waihu" simulate --agents 10,40,160 --runs 3 --compare predictive,progressive
exit $bad
