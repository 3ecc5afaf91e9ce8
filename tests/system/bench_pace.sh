#!/usr/bin/env bash
# bench_pace.sh -- twenty robots on the loopback carrier with real SIP, times
# divided by SCALE, so that SECONDS_RUN stand for SCALE times as many; then
# the same minutes in simulation, from what the run's records show.  Talk is
# that of the window between WARM seconds after the start and the stop of the
# campaign; the end is not known to either pacer.
. "$(dirname "${BASH_SOURCE[0]}")/../demo/floor.sh"
finish() { floor_stop; rm -rf "$D"; }
trap finish EXIT
AGENTS=20 SCALE=${SCALE:-8} SECONDS_RUN=${SECONDS_RUN:-150} WARM=${WARM:-20}
floor_new
# Customers wait 2.5 s and more for an agent: the server gives up before them.
carrier telecom --seed "${SEED:-5}" --scale 2 --talk 600 --rates person=.4,busy=.15
config "$CARRIER_PORT" "$CARRIER_PORT" predictive "    amd: no
    ring: 5s
    recording: no"
sed -i 's/profile: cn/profile: none/; s/abandon: 2.5%/abandon: 3%/; s/cps: [0-9]*/cps: 200/; s/channels: [0-9]*/channels: 400/' "$D/waihu.yaml"
waihud_start
users $AGENTS || die "users"
leads 20000
"$B/waihu" -q list import demo "$D/leads.csv" >/dev/null || die "import"
"$B/tests/robot/robot" --agents $AGENTS --first 1001 --password demo --server "ipc://$SOCK" \
    --talk-mean 80 --wrap-mean 12 --hangup 1 --break 0 --hold 0 --scale $SCALE --seconds 86400 >"$D/robot.out" 2>"$D/robot.err" &
ROBOT=$!; PIDS+=($ROBOT)
status() { "$B/waihu" status --json | sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p"; }
wait_for 30 eval '[ "$(status ready)" = '$AGENTS' ]' || die "robots: $("$B/waihu" status --json)"
now_ms() { date +%s%3N; }
t0=$(now_ms)
"$B/waihu" -q campaign start spring || die "start"
while [ $(($(now_ms) - t0)) -lt $((SECONDS_RUN * 1000)) ]; do
	read -r -t 0.2 <> <(:) || :
done
t1=$(now_ms)
"$B/waihu" -q campaign stop spring
wait_for 60 eval '[ "$(status calls)" = 0 ]' || die "calls do not end"
"$B/waihu" --json cdr export --since -1d --format json >"$D/cdr"
"$B/waihu" --json pace measure spring >"$D/day"
# Joined and end of each talk, as ms since 1970, cut to the window.
at() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" "$D/talks" | date -f - +%s%3N; }
grep '"result":"answered"' "$D/cdr" >"$D/talks"
live=$(paste <(at joined) <(at end) | awk -v a="$((t0 + WARM * 1000))" -v b="$t1" -v n=$AGENTS '
	{ from = $1 > a ? $1 : a; to = $2 < b ? $2 : b; if (to > from) { talk += to - from; k++ } }
	END { printf "%.4f %d", talk / (n * (b - a)), k }')
hours=$(awk "BEGIN { print ($t1 - $t0) / 3600000 }")
"$B/waihu" simulate spring --json --runs 40 --agents $AGENTS --hours "$hours" --warm "$(awk "BEGIN { print $WARM / 3600 }")" --open-end >"$D/sim" || die "simulate"
figure() { sed -n "s/.*\"$1\":{[^}]*\"$2\":\([0-9.]*\).*/\1/p" "$D/sim" | head -n 1; }
sim=$(figure utilisation mean) ci=$(figure utilisation ci95)
field() { sed -n "s/.*\"$1\":\([0-9.]*\).*/\1/p" "$D/day"; }
set -- $live
echo "bench_pace: agents=$AGENTS scale=$SCALE seconds=$(awk "BEGIN { printf \"%.1f\", ($t1 - $t0) / 1000 }") minutes_meant=$(awk "BEGIN { printf \"%.0f\", ($t1 - $t0) / 60000 * $SCALE }") talks=$2 dialled=$(field dialled) answered=$(field answered) abandoned=$(field abandoned) live_talk=$1 sim_talk=$sim sim_ci95=$ci sim_abandon=$(figure abandon mean) off_percent=$(awk "BEGIN { d = 100 * ($1 / $sim - 1); printf \"%.2f\", d < 0 ? -d : d }")"
