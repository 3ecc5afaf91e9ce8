#!/usr/bin/env bash
# bench_calls.sh -- how many calls a second the whole server originates and
# tears down with durable records, and its CPU for each.  waihud has one core
# to itself (all of its threads); the carrier and the agents have the others.
# A progressive campaign dials numbers that are busy, vacant, switched off,
# declined, or answered, joined to an agent, and gone.  Each call is a lead
# reserved and an intent on disk, the gate's verdict, an INVITE, its end, then
# its record and the lead's next state on disk.
# AGENTS, SECONDS_RUN, RATES (carrier --rates) may be set.
. "$(dirname "${BASH_SOURCE[0]}")/../demo/floor.sh"
finish() { floor_stop; rm -rf "$D"; }
trap finish EXIT
AGENTS=${AGENTS:-100} SECONDS_RUN=${SECONDS_RUN:-8}
RATES=${RATES:-busy=.5,vacant=.2,off=.1,decline=.1,short=.1}
ALONE="" OTHERS=""
[ "$(nproc)" -lt 2 ] || { ALONE="taskset -c 0"; OTHERS="taskset -c 1-$(($(nproc) - 1))"; }
floor_new
UNDER=$OTHERS carrier telecom --seed 7 --scale 100 --talk 3 --rates "$RATES"
config "$CARRIER_PORT" "$CARRIER_PORT" progressive "    amd: no
    recording: no
    wrap_mode: optional"
sed -i 's/profile: cn/profile: none/; s/cps: [0-9]*/cps: 1000/; s/channels: [0-9]*/channels: 5000/; s/weight: 5, //
	s/calls_max: .*/calls_max: 8000/; s/agents_max: .*/agents_max: 1000/' "$D/waihu.yaml"
UNDER=$ALONE waihud_start
users $AGENTS || die "users"
leads $((SECONDS_RUN * 2200))
"$B/waihu" -q list import demo "$D/leads.csv" >/dev/null || die "import"
$OTHERS "$B/tests/robot/robot" --agents $AGENTS --first 1001 --password demo --server "ipc://$SOCK" \
    --talk-mean 3600 --wrap-mean 1 --break 0 --hold 0 --scale 12 --seconds 86400 >"$D/robot.out" 2>"$D/robot.err" &
ROBOT=$!; PIDS+=($ROBOT)
status() { "$B/waihu" status --json | sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p"; }
wait_for 60 eval '[ "$(status ready)" = '$AGENTS' ]' || die "robots: $("$B/waihu" status --json)"
cpu() { awk '{ print ($14 + $15) * 10 }' "/proc/$WAIHUD_PID/stat"; }	# [ms] at 100 Hz
ms() { date +%s%3N; }
used=$(cpu) began=$(ms)
"$B/waihu" -q campaign start spring || die "start"
while [ $(($(ms) - began)) -lt $((SECONDS_RUN * 1000)) ]; do read -r -t 0.1 <> <(:); done
"$B/waihu" -q campaign stop spring
took=$(($(ms) - began))
wait_for 20 eval '[ "$(status calls)" = 0 ]' || die "calls do not end"
used=$(($(cpu) - used))
"$B/waihu" --json cdr export --since -1d --format json >"$D/cdr"
n() { grep -c "$1" "$D/cdr"; }
dialled=$(grep -vc '"invite":null' "$D/cdr")
[ "$dialled" -gt 1000 ] || die "only $dialled calls: $(tail -n 3 "$D/waihud.log")"
echo "bench_calls: dialled=$dialled talks=$(n '"result":"answered"') busy=$(n '"result":"busy"') seconds=$(awk "BEGIN { print $took / 1000 }") calls_per_s=$(awk "BEGIN { print $dialled * 1000 / $took }") cpu_us_per_call=$(awk "BEGIN { print $used * 1000 / $dialled }") cpu_share=$(awk "BEGIN { print $used / $took }")"
