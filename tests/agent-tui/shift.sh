# shift.sh -- the words shift.slow is written in, and its judge.
#
# Every change of state is timed from both sides: LO, when it had surely not
# happened yet, HI, when it was seen.  The server's own times must lie between,
# on a machine of any speed.

N=0			# call now, 1 ..
NAME=
EPOCH=1			# of the agent's voice: it begins anew with each phone
STATE=none SLO=0 SHI=0
LO=0 HI=0
declare -A MIN=() MAX=() PHONE=()

clock() { NOW=${EPOCHREALTIME/./}; NOW=${NOW%???}; }
row() { $TMUX_CMD capture-pane -p -t t -S "$1" -E "$1"; }
bad() { echo "FAIL: $*" >&2; tui_screen >&2; tail -n 5 "$D/waihud.log" >&2; exit 1; }

# until_head REGEX [SECONDS]: the header's state; sets LO and HI.
until_head() {
	local n=$(( ${2:-30} * 100 )) head
	clock; LO=$NOW
	while :; do
		head=$(row 0)
		[[ $head =~ ^\ ($1)\  ]] && break
		clock; [ "${3:-}" = keep ] || LO=$NOW
		n=$((n - 1)); [ $n -gt 0 ] || bad "no '$1' in the header, call $N"
		sleep 0.04
	done
	clock; HI=$NOW
}
see() { until_head "$1"; }
shows() { tui_wait "$1" 20; }
gone() { tui_gone "$1"; }

# hears voice|nothing: the customer now does, for half a second at least.
hears() {
	local n=1200 file what=$1
	file=$(ls -t "$D/heard/"*"$NUMBER"-*.wav | head -n 1)
	until "$B/tests/ear/ear" read "$file" 2>/dev/null | awk -v what="$what" '
		{ run = ($3 == "voice") == voice ? run + $2 : $2; voice = $3 == "voice" }
		END { exit !(run >= 500 && voice == (what == "voice")) }'; do
		n=$((n - 1)); [ $n -gt 0 ] || bad "call $N: the customer does not hear $what"
		sleep 0.05
	done
}

# The state was left, and the next one entered, between LO and HI.
entered() {
	local lo=$((LO - SHI)) hi=$((HI - SLO))
	MIN[$STATE]=$(( ${MIN[$STATE]:-0} + (lo > 0 ? lo : 0) ))
	MAX[$STATE]=$(( ${MAX[$STATE]:-0} + hi ))
	STATE=$1 SLO=$LO SHI=$HI USED=
}

# use KEY...: as tmux names them; the table's names are kept.  The same key
# within 0.3 s in the same state is a slip of the finger to the screen.
USED=
use() {
	local k ctrl
	for k in "$@"; do
		[ "$k" != "$USED" ] || sleep 0.4
		USED=$k
		case $k in
		Escape) echo Esc ;; PgUp|PgDn) echo "$k" ;; C-?) ctrl=${k#C-}; echo "Ctrl-${ctrl^}" ;;
		[1-9]) echo 1-9 ;; *) echo "$k" ;;
		esac >>"$D/used"
		case $k in
		PgDn) tui_keys NPage ;;
		PgUp) tui_keys PPage ;;
		Enter|Escape|Tab|Space|F?|C-?) tui_keys "$k" ;;
		*) tui_text "$k" ;;
		esac
	done
}
type_in() { use "$1"; tui_text "$2"; }

agent() {
	tui_start 100 30 "$B/waihu-agent" --server "ipc://$SOCK" --lang en \
		--user agent1001 --password-file "$D/pass" --sound file \
		--mic "$D/voice.wav" --speaker "$D/ears" --glyphs ascii \
		--log "$D/agent.log"
}

campaign() {	# MODE
	printf '  %s: {label: %s, mode: %s, profile: none, purpose: service, lists: %s, wrap: 25s, amd: no, script: %s%s}\n' \
		"$1" "$1" "$1" "$1" "$D/scripts/spring.txt" \
		"$([ "$1" != predictive ] || echo ', answer: manual, wait: 10s')"
}

# A list's leads: people who talk until the BYE, and (predictive) a second
# one who leaves when told.
list() {	# MODE DIGIT COUNT
	local i end name
	echo phone,name,city,plan,phone2
	for i in $(seq 1 "$3"); do
		end=11 name=Person
		[ "$1-$i" = predictive-2 ] && name=Short
		printf '138%d%05d%s,%s %s%02d,Hangzhou,Home 300M,139%d%05d%s\n' \
			"$2" "$i" $end "$name" "$2" "$i" "$2" "$i" $end
	done
}

shift_open() {
	local m d=1 phone name rest
	mkdir "$D/heard" "$D/ears"
	carrier telecom --forced --seed 5 --verbose --record "$D/heard"
	config "$CARRIER_PORT" "$CARRIER_PORT" progressive "$(for m in preview progressive predictive; do campaign $m; done)"
	# A sale needs its amount; one outcome more lies under "more".  The
	# house's own campaign is not worked on in this shift.
	cp -r "$TOP/data" "$D/data"
	awk -F'\t' -v OFS='\t' '$1 == "1" { $6 = "amount" } { print } $1 == "9" {
		$1 = 11; $2 = "-"; $6 = "-"; $8 = "Deceased"; $9 = "已故"; print }' \
		"$TOP/data/dispositions.tsv" >"$D/data/dispositions.tsv"
	sed -i "s/cps: [0-9]*/cps: 50/; s/lists: demo/lists: nobody/; s|data: .*|data: $D/data|" "$D/waihu.yaml"
	waihud_start
	for m in preview progressive predictive; do
		list $m $d 14 >"$D/$m.csv"
		"$B/waihu" -q list import $m "$D/$m.csv" >/dev/null
		while IFS=, read -r phone name rest; do PHONE[$name]=$phone; done <"$D/$m.csv"
		d=$((d + 1))
	done
	printf demo | "$B/waihu" -q user add agent1001 --role agent --agent 1001 \
		--name 'Li Wei' --campaigns preview,progressive,predictive --password-stdin
	printf demo >"$D/pass"
	"$B/tests/ear/ear" make "$D/voice.wav" 1200
	export XDG_STATE_HOME=$D XDG_CONFIG_HOME=$D
	: >"$D/used"
	clock; LO=$NOW
	agent
	until_head 'NOT READY' 20 keep; STATE=idle SLO=$LO SHI=$HI
	shows 'Phone OK'; shows 'Line OK'
}

begin() {	# CAMPAIGN [KEY]: dials; KEY makes ready
	"$B/waihu" -q campaign start "$1"
	clock; local lo=$NOW
	[ -z "${2:-}" ] || use "$2"
	until_head 'READY|PREVIEW|DIALLING|RINGING|ON CALL'
	LO=$lo; entered wait
	MODE=$1
}
stop() { "$B/waihu" -q campaign stop "$1"; }

# -- a call -------------------------------------------------------------------

begun() {	# the customer is on the screen, which no longer shows the last one
	local n=600 last=$NAME
	N=$((N + 1))
	until NAME=$(row 3 | sed -n 's/^ Name *\([A-Z][a-z]* [0-9]*\).*/\1/p')
	      [ "$NAME" != "$last" ] && [ -n "$NAME" ] && [ -n "${PHONE[$NAME]:-}" ]; do
		n=$((n - 1)); [ $n -gt 0 ] || bad "call $N: whose is it? '$NAME'"
		sleep 0.05
	done
	OUTCOME=0 NOTE= MUTE_LO=0 MUTE_HI=0 HOLD_LO=0 HOLD_HI=0 PAUSED=0 BY=agent
	TONES= NUMBER=${PHONE[$NAME]} CALLBACK=0 LOST=0 VOICE=$EPOCH AMOUNT=0.00
}
preview() { until_head PREVIEW; begun; }
skipped() { tui_gone "$NAME"; N=$((N - 1)); }
dial() { use "$1"; [ "$1" != 2 ] || NUMBER=139${NUMBER#138}; joined; }
joined() {
	local lo=0
	if [ "$MODE" = predictive ]; then	# answered by hand there
		until_head 'RINGING'; shows 'Enter answers'; clock; lo=$NOW; use Enter
	fi
	until_head 'ON CALL'
	# The screen is behind the server; how far, a slow machine decides: all
	# that is sure of the start is that there was no call before the wait.
	LO=$((lo > 0 ? lo : SLO))
	entered talk; JOIN_LO=$LO JOIN_HI=$HI
}
talk() { joined; begun; }
# From the list: the first one promised in this shift, dialled now.
promise() { use Enter; MODE=preview; joined; begun; }
note() { use "$1"; shows 'Typing a note'; tui_text "$2"; shows "$2"; use Escape; gone 'Typing a note'; NOTE=$2; }
outcome() { use "$1"; shows ">$1 "; OUTCOME=$1; }
sale() { use 1; shows 'how much?'; tui_text "$1"; shows "= $1"; use Enter; gone 'how much?'; shows '>1 '; OUTCOME=1 AMOUNT=$1; }
more() { use 0; shows 'More outcomes'; use 1; gone 'More outcomes'; OUTCOME=11; }
outcome_later() { OUTCOME=$1; }
outcome_was() { shows ">$1 "; OUTCOME=$1; }
callback() { CALLBACK=1; }
tones() { TONES=$1; }
mute() {
	local a b
	clock; a=$NOW; use "$1"; shows MUTED; clock; b=$NOW
	hears nothing
	clock; MUTE_LO=$((MUTE_LO + NOW - b)); use "$2"; gone MUTED; clock
	MUTE_HI=$((MUTE_HI + NOW - a))
}
hold() {
	local lo hi
	clock; lo=$NOW; use "$1"; until_head 'ON HOLD'; LO=$lo hi=$HI; entered hold
	hears nothing
	clock; HOLD_LO=$((HOLD_LO + NOW - hi)); local back=$NOW
	use "$2"; until_head 'ON CALL'; LO=$back; entered talk
	HOLD_HI=$((HOLD_HI + HI - lo))
}
over() {	# LO of the end
	until_head 'WRAP-UP'; LO=$1
	entered wrap; END_LO=$LO END_HI=$HI
}
hangup() { hears voice; clock; local lo=$NOW; use "$1"; over "$lo"; }
customer_hangs_up() {
	[[ $NAME == Short* ]] || bad "call $N: the second customer is $NAME"
	hears voice; clock
	local lo=$NOW
	echo "bye $NUMBER" >&"$CARRIER_FD_telecom"
	BY=customer; over "$lo"
}
save() {	# KEY
	clock; local lo=$NOW
	use "$1"
	if [ "$1" = F2 ]; then until_head 'NOT READY'
	elif [ -n "${LEAVES:-}" ]; then log_out
	else until_head 'READY|PREVIEW|DIALLING|RINGING|ON CALL|NOT READY|BREAK tea'
	fi
	LO=$lo DONE_LO=$LO DONE_HI=$HI
	case $(row 0) in
	*'NOT READY'*) entered idle ;; *BREAK*) entered break ;;
	*READY*|*PREVIEW*|*DIAL*|*RING*|*CALL*) entered wait ;; *) entered gone ;;
	esac
	echo "$N|$NAME|$NUMBER|$MODE|$OUTCOME|$NOTE|$JOIN_LO|$JOIN_HI|$END_LO|$END_HI|$DONE_LO|$DONE_HI|$HOLD_LO|$HOLD_HI|$MUTE_LO|$MUTE_HI|$BY|$TONES|$CALLBACK|$VOICE|$LOST|$AMOUNT" >>"$D/script"
}
corrected() {	# the last call's outcome, after the fact
	local last; gone 'Correct the last'
	shows "Changed to: Interested"
	last=$(tail -n 1 "$D/script")
	sed -i '$d' "$D/script"
	awk -F'|' -v OFS='|' -v o="$1" '{ $5 = o; print }' <<<"$last" >>"$D/script"
}

# -- what goes wrong ----------------------------------------------------------

ssh_lost() {	# the terminal goes, the phone beside it too
	clock; local a=$NOW
	tui_end; EPOCH=$((EPOCH + 1))
	TMUX_CMD="tmux -L tui$$-$EPOCH -f /dev/null"; agent
	shows 'Line OK'; clock
	[ "$STATE" != talk ] || { HOLD_HI=$((HOLD_HI + NOW - a)); LOST=1; }
}
phone_lost() {
	local pane child a
	pane=$($TMUX_CMD display -p -t t '#{pane_pid}')
	child=$(ps --ppid "$pane" -o pid=,comm= | awk '$2 == "baresip" { print $1 }')
	[ -n "$child" ] || bad "no phone beside the screen"
	clock; a=$NOW
	kill -9 "$child"; EPOCH=$((EPOCH + 1))
	shows 'Line DOWN'; shows 'Line OK'; clock
	HOLD_HI=$((HOLD_HI + NOW - a)); LOST=1
}
log_out() {
	local n=1200
	while [ "$($TMUX_CMD display -p -t t '#{pane_dead}')" = 0 ]; do
		n=$((n - 1)); [ $n -gt 0 ] || bad "the screen does not end"
		sleep 0.05
	done
	clock; HI=$NOW
}

# -- the judge ----------------------------------------------------------------

field() { sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p" <<<"$ROW"; }
text() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" <<<"$ROW"; }
ms() { date -d "$(text "$1")" +%s%3N; }
within() { # WHAT VALUE LO HI: two milliseconds for the rounding of clocks
	[ "$2" -ge $(($3 - 2)) ] && [ "$2" -le $(($4 + 2)) ] ||
		{ echo "call $n ($name): $1 is $2, should be in $3 .. $4" >&2; WRONG=$((WRONG + 1)); }
}
most() { # WHAT VALUE HI
	[ "$2" -le "$3" ] || { echo "call $n ($name): $1 is $2, should be at most $3" >&2; WRONG=$((WRONG + 1)); }
}
same() {
	[ "$2" = "$3" ] || { echo "call $n ($name): $1 is '$2', should be '$3'" >&2; WRONG=$((WRONG + 1)); }
}

# Of the voice in a file: its milliseconds, and where in the ten seconds it
# began, by the wall clock of the file's start; long stretches only.
voice() { # FILE SIDE START_MS
	"$B/tests/ear/ear" read "$1" $2 | awk -v t="$3" '
		$3 == "voice" { sum += $2
			if ($2 >= 900) place = place " " (t + $1 - $5) % 10000 }
		END { print sum + 0, place }'
}

shift_judge() {
	local WRONG=0 LOSSES=0 loss n name number mode outcome note jl jh el eh dl dh hl hh ml mh by tones cb epoch lost amount
	local uid file said rest talk p ref first want
	whole() { [ -z "$(find "$D/rec" -name '*.part')" ]; }
	wait_for 20 whole || bad "a recording is not finished"
	"$B/waihu" --json cdr export --since -1h --format json >"$D/cdr"
	"$B/waihu" cdr export --since -1h --format asterisk-csv --unmask --why test >"$D/csv"
	local -A REF=()
	want=$(awk -F'\t' '$1 ~ /^[0-9]+$/ && $1 < 90 { printf "[%s]=\"%s\" ", $1, $8 }' "$D/data/dispositions.tsv")
	local -A LABEL; eval "LABEL=($want)"
	while IFS='|' read -r n name number mode outcome note jl jh el eh dl dh hl hh ml mh by tones cb epoch lost amount; do
		uid=$(awk -F'","' -v n="86$number" '$3 == n { print $0 }' "$D/csv" | tail -n 1 | sed 's/.*"DOCUMENTATION","\([0-9]*\)".*/\1/')
		ROW=$(grep "\"call\":$uid," "$D/cdr") || { echo "call $n ($name) is not in the store" >&2; WRONG=$((WRONG + 1)); continue; }
		same mode "$(text mode)" "$mode"
		same outcome "$(text outcome)" "${LABEL[$outcome]}"
		same amount "$(text amount)" "${amount//,/}"
		same note "$(text note)" "$note"
		same result "$(text result)" answered
		same 'ended by' "$(text by)" "$by"
		within joined "$(ms joined)" "$jl" "$jh"
		within end "$(ms end)" "$el" "$eh"
		within done "$(ms done)" "$dl" "$dh"
		within hold "$(field hold_ms)" "$hl" "$hh"
		[ "$cb" = 0 ] || [ -n "$(text callback)" ] || same call-back '' kept
		# What the customer heard: the voice, but for hold and mute.
		talk=$(( $(ms end) - $(ms joined) - $(field hold_ms) ))
		file=$(ls "$D/heard/"*"$number"-*.wav | tail -n 1)
		read -r said rest < <(voice "$file" "" "$(ms answer)")
		most 'voice heard by the customer' "$said" $((talk - ml + 500))
		loss=0; [ "$said" -ge $(( (talk - mh) * 85 / 100 - 900 )) ] || loss=1
		for p in $rest; do
			[ "$lost" = 0 ] || break	# of two voices
			ref=${REF[$epoch]:=$p}
			p=$(( (p - ref + 15000) % 10000 - 5000 ))
			[ "${p#-}" -le 700 ] || loss=1
		done
		read -r said rest < <(voice "$D/rec/$(text recording)" 2 0)
		most 'voice on record' "$said" $((talk - ml + 500))
		[ "$said" -ge $(( (talk - mh) * 85 / 100 - 2500 )) ] || loss=1
		[ $loss = 0 ] || { LOSSES=$((LOSSES + 1)); echo "call $n ($name): a piece of the voice is missing" >&2; }
		[ -z "$tones" ] || same tones "$(sed -n "s/^call number=+*86$number .*dtmf=//p" "$D/telecom.out")" "$tones"
	done <"$D/script"
	n=all name=shift
	# A machine that stands still for a second loses that second's sound:
	# seldom.  Nobody ever hears more than was said.
	most 'calls with a piece missing' $LOSSES 3
	same calls "$(grep -c . "$D/script")" 30
	same talked "$(grep -c '"result":"answered"' "$D/cdr")" 30
	for mode in preview progressive predictive; do
		same "$mode" "$(grep '"result":"answered"' "$D/cdr" | grep -c "\"mode\":\"$mode\"")" 10
	done
	# The seconds of each state, as the server has summed them.
	ROW=$("$B/waihu" agent show 1001 --json)
	within 'talk seconds' "$(field talk)" "${MIN[talk]}" "${MAX[talk]}"
	within 'hold seconds' "$(field hold)" "${MIN[hold]}" "${MAX[hold]}"
	within 'wrap-up seconds' "$(field wrap)" "${MIN[wrap]}" "${MAX[wrap]}"
	within 'break seconds' "$(field break)" "${MIN[break]}" "${MAX[break]}"
	within 'not-ready seconds' "$(field 'not ready')" "${MIN[idle]}" "${MAX[idle]}"
	within 'waiting seconds' $(( $(field ready) + $(field reserved) + $(field preview) + $(field dial) )) \
		"${MIN[wait]}" "${MAX[wait]}"
	# Every key of the table, and its twin.
	"$B/waihu-agent" --keys --lang en | awk -F'\t' '{ print $1; if ($2 != "-") print $2 }' | sort -u >"$D/keys"
	sort -u "$D/used" | comm -23 "$D/keys" - >"$D/unused"
	[ ! -s "$D/unused" ] || { echo "keys not used: $(tr '\n' ' ' <"$D/unused")" >&2; WRONG=$((WRONG + 1)); }
	[ $WRONG = 0 ] || { echo "FAIL: $WRONG things are not as the script did them ($D)" >&2; exit 1; }
	echo "shift: 30 calls, $(wc -l <"$D/keys") keys, talk $(field talk) ms, wrap-up $(field wrap) ms"
}
