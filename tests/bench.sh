#!/usr/bin/env bash
# bench.sh -- every figure with the command that gives it, then all of them
# against the project's bars (make bench).  Each may be run by itself; nothing
# else should run on the machine then.  BENCH_ROWS: leads, one million.
set -u
: "${B:=build}"
bad=0
D=$(mktemp -d); trap 'rm -rf "$D"' EXIT
bench() {	# FILE COMMAND...: printed, and kept for the table
	local out=$1; shift
	echo "\$ B=$B $*"
	timeout 600 "$@" 2>"$D/err" | tee "$D/$out"
	[ "${PIPESTATUS[0]}" = 0 ] ||
	    { echo "bench: $1: not 0: below a bar, or failed"; tail -n 5 "$D/err"; bad=1; }
	echo
}
# figure NAME VALUE UNIT least|most BAR: ratio 1 or more = the bar is met
figure() {
	[ -n "$2" ] || { printf '%-32s %12s\n' "$1" "not measured"; bad=1; return; }
	awk -v name="$1" -v v="$2" -v unit="$3" -v how="$4" -v bar="$5" 'BEGIN {
		r = how == "least" ? v / bar : bar / (v > 0.001 ? v : 0.001)
		printf "%-32s %12.1f %-8s (bar %s %g, ratio %.2f)\n", name, v, unit,
		    how == "least" ? ">=" : "<=", bar, r
		exit r < 1 }' || bad=1
}
row() { sed -n "s/^$2  *\([0-9.]*\) .*/\1/p" "$D/$1" | tail -n 1; }	# FILE LABEL
key() { sed -n "s/.*[ ]$2=\([0-9.]*\).*/\1/p" "$D/$1" | tail -n 1; }	# FILE KEY

echo "waihu $(cat data/version), $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(nproc) cores, load $(cut -d' ' -f1 /proc/loadavg)"
echo
make -s "$B/tests/net/net_idle_test" >/dev/null
bench store "$B/tests/bench_store/bench_store"
bench lead "$B/tests/bench_lead/bench_lead" "${BENCH_ROWS:-1000000}"
bench sip "$B/tests/bench_sip/bench_sip" 1500 6
bench media "$B/tests/bench_media/bench_media" relay 1000 1200
bench record "$B/tests/bench_media/bench_media" record 600 1000
bench idle "$B/tests/net/net_idle_test"
export B
bench floor bash tests/system/bench_floor.sh
bench calls bash tests/system/bench_calls.sh
bench agent bash tests/system/bench_screen.sh agent
bench wall bash tests/system/bench_screen.sh wall 10000 300
bench pace "$B/waihu" simulate --agents 10,40,160 --runs 3 --compare predictive,progressive
bench cells "$B/tests/bench_pacer/bench_pacer" --cells table,exp --seeds 12 --held end
bench worlds "$B/tests/bench_pacer/bench_pacer" --cells hard,hard1 --seeds 3 --held end
bench always "$B/tests/bench_pacer/bench_pacer" --cells proof5,proof10,proof20 --seeds 12
bench manual "$B/waihu" simulate --agents 20 --runs 8 --held end --compare predictive,manual --json
bench decide200 "$B/tests/bench_pacer/bench_pacer" --latency 200
bench decide1000 "$B/tests/bench_pacer/bench_pacer" --latency 1000
bench live bash tests/system/bench_pace.sh

figure "import"                   "$(row lead import)" rows/s least 200000
figure "gate_ask, passed"         "$(row lead "gate_ask, passed, 3 calls before")" us most 20
figure "calls originated, the door" "$(key sip calls_per_s)" calls/s least 1000
figure "whole calls, waihud, 1 core" "$(key calls calls_per_s)" calls/s least 1000
figure "CPU of a whole call"      "$(key calls cpu_us_per_call)" us most 1000
figure "joined calls a core, p99" "$(sed -n 's/^calls=1000 .*p99_us=\([0-9]*\).*/\1/p' "$D/media" | tail -n 1)" us most 5000
figure "joined calls a core, loss" "$(sed -n 's/^calls=1000 .*loss=\(-*[0-9.]*\)%.*/\1/p' "$D/media" | tail -n 1 | tr -d -)" % most 0.1
figure "start-up with 1M leads"   "$(row lead "start-up with these leads")" ms most 5000
figure "idle TLS agent"           "$(sed -n 's/.*agents: \([0-9]*\) KiB each/\1/p' "$D/idle")" KiB most 64
figure "answer to agent's ear, p50" "$(key floor agent_hears_p50_ms)" ms most 100
figure "answer to agent's ear, p99" "$(key floor agent_hears_p99_ms)" ms most 100
figure "agent to customer's ear, p50" "$(key floor customer_hears_p50_ms)" ms most 100
figure "agent to customer's ear, p99" "$(key floor customer_hears_p99_ms)" ms most 100
figure "answer to screen-pop, p50" "$(key floor pop_p50_ms)" ms most 100
figure "answer to screen-pop, p99" "$(key floor pop_p99_ms)" ms most 100
figure "a decision, 200 agents, p99" "$(sed -n 's/.*p99 \([0-9.]*\) us.*/\1/p' "$D/decide200")" us most 50
figure "a decision, 1,000 agents, p99" "$(sed -n 's/.*p99 \([0-9.]*\) us.*/\1/p' "$D/decide1000")" us most 300
# Talk beside the best known and the optimum (PACING.md), mean or least row.
share() {	# SET mean|least
	awk -v set="$1" -v how="$2" '$1 == set { for (i = 1; i < NF; i++) if ($(i + 1) == "ab") { s += $i; if (!n++ || $i + 0 < low) low = $i + 0 } }
	    END { if (n) print how == "mean" ? s / n : low }' "$D/cells"
}
# least|most WORD AGENTS: of the rows with so many agents, in targets
row_of() { cat "$D/cells" "$D/worlds" | awk -v how="$1" -v word="$2" -v least="$3" '$2 >= least { for (i = 1; i < NF; i++) if ($i == word && $(i + 1) + 0 > 0) { v = $(i + 1) / (100 * $6); if (!n++ || (how == "most" ? v > x : v < x)) x = v } } END { if (n) print x }'; }
first() { cat "$D/cells" "$D/worlds" | awk -v col="$1" '$2 >= 5 && $7 == "steady" { for (i = 1; i < NF; i++) if ($i == "|" && $(i + 1) ~ /%$/) { v = col == 1 ? $(i + 1) / (100 * $6) : 100 * $(i + 2); if (!n++ || (col == 1 ? v > x : v < x)) x = v } } END { if (n) print x }'; }
above() { awk -v n="$2" -v word="$3" '{ all += n; for (i = 1; i < NF; i++) if ($i == word) x += $(i + 1) } END { print x + 0 " of " all + 0 }' "$D/$1"; }
figure "talk, of the best known, mean" "$(share table mean)" % least 101
figure "talk, of the best known, least" "$(share table least)" % least 100
figure "talk, of the optimum, least" "$(share exp least)" % least 98
figure "calls an agent hour, of manual" "$(sed -n 's/.*"calls_per_agent_hour":{"mean":\([0-9.]*\).*/\1/p' "$D/manual" | paste -sd' ' | awk '$2 { print 100 * $1 / $2 }')" % least 220
figure "talk, of a dial level's .477" "$(awk '$1 == "table" && $2 == 20 && $3 == .25 { print 100 * $8 / .477 }' "$D/cells")" % least 145
figure "budget used, least row" "$(row_of least ab 10 | awk '{ print 100 * $1 }')" % least 90
figure "worst quarter, targets" "$(row_of most q 20)" x most 4
figure "first 15 minutes, steady, talk" "$(first 2)" % least 85
figure "... abandoned, targets" "$(first 1)" x most 2
echo "days above their target (bar 0.5 %; tests/pacer/proof.sh 60 runs enough of them): held at the end $(above cells 12 over) steady and $(above worlds 3 over) hard; held always $(above always 12 over), at a moment $(above always 12 broke)"
# Bytes a second at the terminal; "wire" is between the program and the server.
figure "agent: start, worst"      "$(key agent start_worst_ms)" ms most 200
figure "agent: idle"              "$(key agent idle_bytes_s)" B/s most 64
figure "agent: idle, phone lost"  "$(key agent lost_phone_bytes_s)" B/s most 64
figure "agent: on a call"         "$(key agent call_bytes_s)" B/s most 64
figure "agent: idle, wire"        "$(key agent idle_wire_bytes_s)" B/s most 64
figure "agent: key echo"          "$(key agent echo_bytes)" B most 64
figure "agent: key to screen, p99" "$(key agent key_p99_ms)" ms most 50
figure "agent: key to page, p99"  "$(key agent page_p99_ms)" ms most 50
figure "agent: event to screen, p99" "$(key agent event_p99_ms)" ms most 50
figure "wall: start, worst"       "$(key wall start_worst_ms)" ms most 200
figure "wall: overview"           "$(key wall overview_bytes_s)" B/s most 1500
figure "wall: 10,000 agents"      "$(key wall agents_bytes_s)" B/s most 1500
figure "wall: overview, wire"     "$(key wall overview_wire_bytes_s)" B/s most 1500
figure "wall: 10,000 agents, wire" "$(key wall agents_wire_bytes_s)" B/s most 1500
figure "wall: find echo"          "$(key wall find_echo_bytes)" B most 64
figure "wall: key to screen, p99" "$(key wall find_key_p99_ms)" ms most 50
echo "wall of 10,000 agents, 300 changes/s: server CPU $(key wall cpu_none_pct) % of a core with no supervisor, $(key wall cpu_one_pct) % with one, $(key wall cpu_ten_pct) % with ten at 1 Hz"
echo "talk of 20 live robots against the simulation of the same: $(key live off_percent) % off (bar 3; one run of $(key live talks) talks), $(key live live_talk) and $(key live sim_talk)"
exit $bad
