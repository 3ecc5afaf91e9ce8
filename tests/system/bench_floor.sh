#!/usr/bin/env bash
# bench_floor.sh -- the whole house at work: 40 robots on the carrier, short
# calls; how fast an answer becomes a screen-pop and a joined call, how many
# whole calls a second with durable records, and waihud's CPU for each.
# The time to join is from the records (server's clock, answer to join); the
# pop is the robots' (joined, by the server's clock, to shown).
. "$(dirname "${BASH_SOURCE[0]}")/../demo/floor.sh"
finish() { floor_stop; rm -rf "$D"; }
trap finish EXIT
AGENTS=40 SECONDS_RUN=${SECONDS_RUN:-20}
floor_new
carrier telecom --seed 5 --scale 12 --talk 12 --rates person=.9,busy=.05
config "$CARRIER_PORT" "$CARRIER_PORT" progressive "    amd: no"
sed -i 's/profile: cn/profile: none/; s/cps: [0-9]*/cps: 200/; s/channels: [0-9]*/channels: 200/' "$D/waihu.yaml"
waihud_start
users $AGENTS || die "users"
leads 5000
"$B/waihu" -q list import demo "$D/leads.csv" >/dev/null || die "import"
"$B/tests/robot/robot" --agents $AGENTS --first 1001 --password demo --server "ipc://$SOCK" \
    --talk-mean 8 --wrap-mean 2 --break 0 --hold 0 --scale 12 --seconds 86400 >"$D/robot.out" 2>"$D/robot.err" &
ROBOT=$!; PIDS+=($ROBOT)
status() { "$B/waihu" status --json | sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p"; }
wait_for 30 eval '[ "$(status ready)" = '$AGENTS' ]' || die "robots: $("$B/waihu" status --json)"
cpu() { awk '{ print ($14 + $15) * 10 }' "/proc/$WAIHUD_PID/stat"; }	# [ms] at 100 Hz
before=$(cpu)
"$B/waihu" -q campaign start spring || die "start"
wait_for "$SECONDS_RUN" false
"$B/waihu" -q campaign stop spring
wait_for 20 eval '[ "$(status calls)" = 0 ]' || die "calls do not end"
used=$(($(cpu) - before))
"$B/waihu" --json cdr export --since -1d --format json >"$D/cdr"
kill -TERM "$ROBOT"; wait_for 8 eval "! kill -0 $ROBOT" || :
# Milliseconds of answer and join, of each talk.
ms() { sed -n "s/.*\"$1\":\"[^T]*T\([0-9]*\):\([0-9]*\):\([0-9]*\)\.\([0-9]*\).*/\1 \2 \3 \4/p" |
    awk '{ print (($1 * 60 + $2) * 60 + $3) * 1000 + $4 }'; }
grep '"result":"answered"' "$D/cdr" >"$D/talks"
paste <(ms answer <"$D/talks") <(ms joined <"$D/talks") | awk '{ print $2 - $1 }' | sort -n >"$D/joins"
n=$(grep -c . "$D/joins")
[ "$n" -gt 20 ] || die "only $n talks"
dialled=$(grep -vc '"invite":null' "$D/cdr")
r() { sed -n "s/.* $1=\([0-9]*\).*/\1/p" "$D/robot.out" | tail -n 1; }
echo "bench_floor: dialled=$dialled talks=$n calls_per_s=$(awk "BEGIN { print $dialled / $SECONDS_RUN }") cpu_ms_per_call=$(awk "BEGIN { print $used / $dialled }") join_p50_ms=$(sed -n "$(((n + 1) / 2))p" "$D/joins") join_p99_ms=$(sed -n "$(((n * 99 + 99) / 100))p" "$D/joins") pop_mean_ms=$(awk "BEGIN { print $(r pop_sum_ms) / ($(r pops) ? $(r pops) : 1) }") pop_max_ms=$(r pop_max_ms)"
