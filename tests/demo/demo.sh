#!/bin/bash
# demo.sh -- a call centre at work on a carrier simulated on loopback.
# On a terminal: tmux with the wallboard, your own agent screen and a log of
# calls.  Without one (or with DEMO_SECONDS): the same for so long, then a
# report.  The last line is the sum; nothing is left running.
. "$(dirname "${BASH_SOURCE[0]}")/floor.sh"

AGENTS=${AGENTS:-20} SEED=${SEED:-1} LEADS=${LEADS:-20000}
SECONDS_MAX=${DEMO_SECONDS:-60}
INTERACTIVE=
[ -t 0 ] && [ -t 1 ] && [ -z "${DEMO_SECONDS:-}" ] && command -v tmux >/dev/null && INTERACTIVE=yes

floor_new
ended=
T=
finish() {
	# Who reads us may be gone (| head, a closed terminal): end all the same.
	trap '' HUP PIPE
	[ -n "$ended" ] || { ended=1; report; }
	floor_stop
	[ -z "$T" ] || $T kill-server 2>/dev/null
	rm -rf "$D"
}
trap 'finish; exit 130' INT TERM HUP PIPE
trap finish EXIT

count() { sed -n "s/.*[ :]$2=\([0-9]*\).*/\1/p" <<<"$1" | tail -n 1; }

report() {
	[ -S "$SOCK" ] || return 0
	"$B/waihu" -q campaign stop spring >/dev/null 2>&1
	say "The last calls end ..."
	wait_for 15 eval '[ "$("$B/waihu" status --json | sed -n "s/.*\"calls\":\([0-9]*\).*/\1/p")" = 0 ]'
	# What the carrier saw answered must be in our records: none lost.
	local name pid fd heard=0 c
	for name in telecom unicom; do
		eval "fd=\$CARRIER_FD_$name"
		echo counts >&"$fd"
		wait_for 3 grep -q answered= "$D/$name.out"
		c=$(tail -n 1 "$D/$name.out")
		heard=$((heard + $(count "$c" answered || echo 0)))
	done
	local cdr="$D/cdr.json"
	"$B/waihu" --json cdr export --since -1d --format json >"$cdr"
	local dialled answered talked abandoned blocked recordings
	dialled=$(grep -vc '"invite":null' "$cdr")
	answered=$(grep -vc '"answer":null' "$cdr")
	talked=$(grep -c '"result":"answered"' "$cdr")
	abandoned=$(grep -c '"result":"abandoned"' "$cdr")
	blocked=$(grep -c '"result":"denied"' "$cdr")
	recordings=$(find "$D/rec" -name '*.wav' | wc -l)
	say ""
	"$B/waihu" campaign list --columns campaign,mode,agents,connect,abandon_today,dialled,answered,sales >&2
	"$B/waihu" trunk list --columns trunk,state,attempts,answers,asr,options_ms >&2
	echo "demo: dialled=$dialled answered=$answered talked=$talked abandoned=$abandoned blocked=$blocked recordings=$recordings lost=$((heard > answered ? heard - answered : 0))"
}

say "Waihu: a carrier on loopback, $AGENTS robot agents, $LEADS leads (seed $SEED)"
sound=none
[ ! -e /dev/snd/controlC0 ] || sound=alsa
# Whoever sits at the seat without a microphone is not heard: people bear it.
people=(--scale 3 --talk 20)
[ -z "$INTERACTIVE" ] || [ $sound = alsa ] || people+=(--patience 180)
carrier telecom --seed "$SEED" "${people[@]}"; A=$CARRIER_PORT
carrier unicom --seed "$((SEED + 1))" "${people[@]}"; U=$CARRIER_PORT
profile=cn
hour=$(TZ=Asia/Shanghai date +%H)
if [ "$hour" -lt 8 ] || [ "$hour" -ge 21 ]; then
	profile=none
	say "It is night in China: this demo runs under the profile without calling hours."
fi
config "$A" "$U" predictive "    amd: yes"
sed -i "s/profile: cn/profile: $profile/" "$D/waihu.yaml"
waihud_start
users "$((AGENTS + 1))" || die "users were not made"
leads "$LEADS" "$SEED"
"$B/waihu" list import demo "$D/leads.csv" >"$D/import.out" || { cat "$D/import.out" >&2; die "import failed"; }
# Some customers said no: they must never ring.
for i in 100 200 300 400 500; do
	"$B/waihu" -q dnc add "$(sed -n "${i}p" "$D/leads.csv" | cut -d, -f1)" --source demo
done
"$B/tests/robot/robot" --agents "$AGENTS" --first 1001 --password demo --server "ipc://$SOCK" \
    --talk-mean 15 --wrap-mean 3 --seed "$SEED" --seconds 86400 >"$D/robot.out" 2>"$D/robot.err" &
PIDS+=($!)
wait_for 30 eval '[ "$("$B/waihu" status --json | sed -n "s/.*\"ready\":\([0-9]*\).*/\1/p")" -ge $((AGENTS / 2)) ]' \
    || die "the robots are not ready: $(tail -n 3 "$D/robot.err")"
"$B/waihu" -q campaign start spring || die "the campaign did not start"

if [ -n "$INTERACTIVE" ]; then
	T="tmux -S $D/tmux -f /dev/null"
	me=agent$((1000 + AGENTS + 1))
	printf demo >"$D/pass"
	# With a number of his own he can listen, and be given customers.
	"$B/waihu" -q user set zhang agent=1900
	$T new-session -d -x "$(tput cols)" -y "$(tput lines)" -s demo \
	    "$B/waihu-supervisor --server ipc://$SOCK --user zhang --password-file $D/pass --sound $sound"
	$T set -s escape-time 20
	$T set -g status on
	$T set -g status-right ''
	$T set -g status-left ' Ctrl-b 0 wallboard   Ctrl-b 1 your seat (Enter = ready)   Ctrl-b 2 calls   Ctrl-b d ends the demo '
	$T set -g status-left-length 120
	$T set -g window-status-format ''
	$T set -g window-status-current-format ''
	$T new-window -d -t demo:1 "$B/waihu-agent --server ipc://$SOCK --user $me --password-file $D/pass --sound $sound"
	$T new-window -d -t demo:2 "tail -n 40 -f $D/waihud.log | grep --line-buffered ' call: '"
	$T attach -t demo
	$T kill-server 2>/dev/null
else
	for ((t = 0; t < SECONDS_MAX; t += 5)); do
		read -r -t 5 <> <(:) || :	# five seconds, whatever the machine
		"$B/waihu" status --json | sed 's/.*"agents":\([0-9]*\),"ready":\([0-9]*\),"talking":\([0-9]*\),"calls":\([0-9]*\).*"dialled":\([0-9]*\),"answered":\([0-9]*\),"talked":\([0-9]*\),"abandoned":\([0-9]*\).*/agents \1  ready \2  talking \3  calls \4  dialled \5  answered \6  talked \7  abandoned \8/' >&2
	done
fi
