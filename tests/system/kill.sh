# kill.sh ROUNDS [SEED] -- waihud is killed with signal 9 at a random instant,
# again and again, while robots talk; after each start nothing that was
# acknowledged may be missing.  Sourced with B set; see kill.test, kill.slow.
. "$(dirname "${BASH_SOURCE[0]}")/../demo/floor.sh"
ROUNDS=$1 RANDOM=${2:-7} AGENTS=6
bad() { say "round $round: $*"; say "kept: ${KEEP:+$D}"; tail -n 20 "$D/waihud.log" >&2; exit 1; }
finish() { floor_stop; [ -n "${KEEP:-}" ] || rm -rf "$D"; }
trap finish EXIT
round=0

# Every record, one a line, sorted: a line seen once must stay.
records() { "$B/waihu" --json cdr export --since -1d --format json | sort >"$1"; }
field() { sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p"; }

# Agents are back (seconds from the start of the server).
back() { [ "$("$B/waihu" status --json | field agents)" = "$AGENTS" ]; }

# A recording's header tells the length of its data (RIFF, bytes 4-7 and
# 40-43, little-endian).
wav_whole() {
	local size riff
	size=$(stat -c %s "$1") || return 1
	riff=$(od -An -tu4 -j4 -N4 --endian=little "$1")
	[ $((riff + 8)) -eq "$size" ] && [ "$(head -c 4 "$1")" = RIFF ]
}

busy() {
	[ "$(grep -c '^invite number=' "$D/telecom.out")" -gt $((round + 8)) ] &&
	    [ "$(grep -c 'finished #' "$D/robot.err")" -ge $((round / 8 + 1)) ]
}

check_recordings() {	# of the time before the last kill
	local f
	while read -r size f; do
		[ -e "$f" ] && bad "$f was not repaired"
		# Killed between its making and its header (58 bytes), it held nothing.
		[ "$size" -lt 58 ] || [ -e "${f%.part}" ] || bad "${f%.part} is gone"
	done <"$D/parts"
	find "$D/rec" -name '*.wav' -newer "$D/mark" >"$D/wavs"
	while read -r f; do
		wav_whole "$f" || bad "$f cannot be read"
	done <"$D/wavs"
}

check_dnc() {
	"$B/waihu" --no-header dnc list --columns number --limit 100000 >"$D/dnc.now" 2>/dev/null ||
	    "$B/waihu" --json dnc list >"$D/dnc.now" || bad "dnc list failed"
	[ "$(grep -c . "$D/dnc.now")" -ge "$(grep -c . "$D/dnc.acked")" ] ||
	    bad "do-not-call entries are missing: $(grep -c . "$D/dnc.now") of $(grep -c . "$D/dnc.acked")"
	local last; last=$(tail -n 1 "$D/dnc.acked")
	"$B/waihu" -q dnc show "$last" >/dev/null || bad "dnc $last was acknowledged and is gone"
}

floor_new
carrier telecom --seed 1 --scale 20 --talk 30 --verbose --rates person=.7,machine=.1,busy=.1
# One call a number: the law of this floor, and what the carrier can prove.
config "$CARRIER_PORT" "$CARRIER_PORT" progressive "    amd: no
    start: yes
    frequency: 1
    frequency_in: 1d"
sed -i 's/profile: cn/profile: none/; s/cps: [0-9]*/cps: 100/' "$D/waihu.yaml"
waihud_start
users "$AGENTS" || bad "users"
leads $((400 + ROUNDS * 40))
"$B/waihu" -q list import demo "$D/leads.csv" >/dev/null || bad "import"
"$B/tests/robot/robot" --agents "$AGENTS" --first 1001 --password demo --server "ipc://$SOCK" \
    --talk-mean 15 --wrap-mean 3 --scale 20 --seconds 86400 --verbose >"$D/robot.out" 2>"$D/robot.err" &
PIDS+=($!)
wait_for 10 back || bad "the robots are not there"
: >"$D/dnc.acked"; : >"$D/seen"; touch "$D/mark"
shopt -s lastpipe
slowest=0
for ((round = 1; round <= ROUNDS; round++)); do
	# Something a person was told is done, at a moment near the kill.
	number=$(sed -n "$((ROUNDS * 40 + 400 - round))p" "$D/leads.csv" | cut -d, -f1)
	"$B/waihu" -q dnc add "$number" --source test && echo "$number" >>"$D/dnc.acked"
	# Enough must be dialled and finished for the rest to prove something:
	# now and then a kill waits for it.
	[ $((round % 8)) != 0 ] || wait_for 20 busy || bad "nothing is dialled, or finished"
	ms=$((RANDOM % 900))
	read -r -t "0.$(printf %03d $ms)" <> <(:) || :
	records "$D/seen" || bad "no records"
	kill -9 "$WAIHUD_PID"; wait "$WAIHUD_PID" 2>/dev/null
	sed -n 's/^robot \([0-9]*\): finished \(#[0-9]*\)$/Robot \1 \2:/p' "$D/robot.err" | sort >"$D/acked"
	find "$D/rec" -name '*.part' -printf '%s %p\n' >"$D/parts"
	waihud_start 2>/dev/null
	began=$EPOCHREALTIME
	records "$D/now"
	comm -23 "$D/seen" "$D/now" >"$D/gone"
	[ -s "$D/gone" ] && bad "records seen before are missing or changed: $(head -n 1 "$D/gone")"
	grep -o 'Robot [0-9]* #[0-9]*:' "$D/now" | sort | comm -23 "$D/acked" - >"$D/gone"
	[ -s "$D/gone" ] && bad "finished, acknowledged and not on record: $(head -n 1 "$D/gone")"
	check_dnc
	check_recordings
	touch "$D/mark"
	wait_for 5 back || bad "agents are not back after 5 s: $("$B/waihu" status --json)"
	took=$(( (${EPOCHREALTIME/./} - ${began/./}) / 1000 ))
	[ $took -gt $slowest ] && slowest=$took
	if [ $((round % 20)) = 0 ] || [ $round = "$ROUNDS" ]; then
		"$B/waihu" -q store verify >/dev/null || bad "the store, or its chain, does not verify"
	fi
done
sed -n 's/^invite number=//p' "$D/telecom.out" | sort >"$D/invites"
calls=$(grep -c . "$D/invites")
twice=$(uniq -d "$D/invites")
[ -z "$twice" ] || bad "rung twice: $twice"
while read -r number; do
	grep -q "$number" "$D/invites" && bad "$number is on the stop list and was rung"
done <"$D/dnc.acked"
[ "$(grep -c . "$D/acked")" -ge $((ROUNDS / 8)) ] || bad "only $(grep -c . "$D/acked") calls were finished"
[ "$calls" -gt "$ROUNDS" ] || bad "only $calls calls: nothing was proved"
grep -c '"interrupted":true' "$D/now" | read -r cut || cut=0
echo "kill: rounds=$ROUNDS calls=$calls cut=$cut records=$(grep -c . "$D/now") dnc=$(grep -c . "$D/dnc.acked") slowest_return_ms=$slowest"
