#!/usr/bin/env bash
# bench_floor.sh -- the whole house at work: 40 robots on the carrier, short
# calls.  From the customer's 200 OK until his voice is at the agent's phone,
# the agent's at his, and his name at the agent's desk; on real sockets, by the
# kernel's time of the first packet (carrier --probe, robot --probe: speech is
# stamps).  Packets leave each phone every 20 ms: that wait is in the figures.
. "$(dirname "${BASH_SOURCE[0]}")/../demo/floor.sh"
finish() { floor_stop; rm -rf "$D"; }
trap finish EXIT
AGENTS=40 SECONDS_RUN=${SECONDS_RUN:-20}
floor_new
carrier telecom --seed 5 --scale 12 --talk 12 --rates person=.9,busy=.05 --law a --probe
config "$CARRIER_PORT" "$CARRIER_PORT" progressive "    amd: no"
sed -i 's/profile: cn/profile: none/; s/cps: [0-9]*/cps: 200/; s/channels: [0-9]*/channels: 200/' "$D/waihu.yaml"
waihud_start
users $AGENTS || die "users"
leads 5000
"$B/waihu" -q list import demo "$D/leads.csv" >/dev/null || die "import"
"$B/tests/robot/robot" --agents $AGENTS --first 1001 --password demo --server "ipc://$SOCK" \
    --talk-mean 8 --wrap-mean 2 --break 0 --hold 0 --scale 12 --probe --seconds 86400 >"$D/robot.out" 2>"$D/robot.err" &
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
echo counts >&"$CARRIER_FD_telecom"
wait_for 3 grep -q heard_p99 "$D/telecom.out" || die "no customer heard his agent: $(tail -n 1 "$D/telecom.out")"
dialled=$(grep -vc '"invite":null' "$D/cdr") talks=$(grep -c '"result":"answered"' "$D/cdr")
[ "$talks" -gt 20 ] || die "only $talks talks"
r() { sed -n "s/.* $1=\([0-9.]*\).*/\1/p" "$D/robot.out" | tail -n 1; }
c() { sed -n "s/.* $1=\([0-9.]*\).*/\1/p" "$D/telecom.out" | tail -n 1; }
echo "bench_floor: dialled=$dialled talks=$talks probed=$(r audio) calls_per_s=$(awk "BEGIN { print $dialled / $SECONDS_RUN }") cpu_ms_per_call=$(awk "BEGIN { print $used / $dialled }") agent_hears_p50_ms=$(r audio_p50_ms) agent_hears_p99_ms=$(r audio_p99_ms) customer_hears_p50_ms=$(c heard_p50_ms) customer_hears_p99_ms=$(c heard_p99_ms) pop_p50_ms=$(r popped_p50_ms) pop_p99_ms=$(r popped_p99_ms)"
