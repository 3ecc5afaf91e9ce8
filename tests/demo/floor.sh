# floor.sh -- a whole call centre on loopback, for the demo and the tests.
# Sourced by bash scripts; needs B (build directory).  Everything lives in
# $D, a fresh folder; UNDER="taskset -c 0" goes before what is started.
# floor_stop ends what was started, and only that.
set -u
TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
case "$B" in /*) ;; *) B=$TOP/$B ;; esac
export LC_ALL=C.UTF-8
PIDS=()

say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# wait_for SECONDS COMMAND...: polls, never sleeps blindly.  SECONDS is what a
# quiet machine needs at most; a busy one, with a slow disk, has six times that
# (what comes in time costs nothing), but no more than two minutes for it.
patience() { local most=$(($1 * 6)); [ $most -le 120 ] || most=$(($1 > 120 ? $1 : 120)); echo $most; }
wait_for() {
	local n=$(($(patience "$1") * 20)); shift
	while ! "$@" >/dev/null 2>&1; do
		n=$((n - 1)); [ $n -gt 0 ] || return 1
		read -r -t 0.05 <> <(:) || :
	done
}

floor_new() {	# makes $D
	D=$(mktemp -d "${TMPDIR:-/tmp}/waihu.XXXXXX")
	mkdir -p "$D/state" "$D/rec" "$D/scripts"
	SOCK=$D/ctl.sock
	export WAIHU_SOCKET=$SOCK
}

# carrier NAME ARGS...: a simulated trunk; sets CARRIER_PORT.
carrier() {
	local name=$1; shift
	mkfifo "$D/$name.in"
	${UNDER:-} "$B/tests/carrier/carrier" --listen 127.0.0.1:0 "$@" \
	    <"$D/$name.in" >"$D/$name.out" 2>"$D/$name.err" &
	PIDS+=($!)
	eval "CARRIER_PID_$name=$!"
	exec {fd}>"$D/$name.in"
	eval "CARRIER_FD_$name=$fd"
	wait_for 5 grep -q listen= "$D/$name.out" || die "carrier $name did not start: $(cat "$D/$name.err")"
	CARRIER_PORT=$(sed -n 's/.*listen=.*:\([0-9]*\).*/\1/p' "$D/$name.out" | head -n 1)
}

# config PORT_A PORT_B MODE EXTRA: writes $D/waihu.yaml.
config() {
	cat >"$D/waihu.yaml" <<YAML
server:
  name: Demo floor
  listen: udp:127.0.0.1:0
  clients: ipc:$SOCK
  state: $D/state
  data: $TOP/data
  agents_max: 100
  calls_max: 1000
  map: 4G
  disk_reserve: 64M
  stop: 5s
media:
  address: 127.0.0.1
  recordings: $D/rec
breaks:
  tea: {label: Tea break, label_zh: 茶歇, budget: 30m}
  lunch: {label: Lunch, label_zh: 午餐, budget: 60m}
  training: {label: Training, label_zh: 培训}
trunks:
  telecom-a: {uri: "sip:127.0.0.1:$1", channels: 60, cps: 8, options: 5s, caller_ids: ["+862885551001", "+862885551002"]}
  unicom-b: {uri: "sip:127.0.0.1:$2", channels: 30, cps: 4, weight: 5, options: 5s, caller_ids: ["+862885552001"]}
campaigns:
  spring:
    label: Spring-Renewal
    label_zh: 春季续约
    mode: $3
    profile: cn
    purpose: marketing
    abandon: 2.5%
    lists: demo
    script: $D/scripts/spring.txt
    wrap: 20s
    attempts: 5
${4:-}
YAML
	cat >"$D/scripts/spring.txt" <<'TXT'
== Opening
"Good afternoon [customer], this is [agent.name] from
Acme Telecom. This call is recorded. Is now a good
time for two minutes?"

  YES  -> page 2 (offer)
  NO   -> F7 call back, agree day and time

! company name, recording, purpose
== Offer
"Your plan [list.plan|Home 300M] can become Home 500M at
the same price for a year."
TXT
}

waihud_start() {
	${UNDER:-} "$B/waihud" -c "$D/waihu.yaml" >>"$D/waihud.log" 2>&1 &
	WAIHUD_PID=$!
	PIDS+=($WAIHUD_PID)
	wait_for 10 "$B/waihu" status || {
		tail -n 20 "$D/waihud.log" >&2; die "waihud did not start"; }
}

# leads COUNT [SEED]: $D/leads.csv, Chinese mobiles with consent.
leads() {
	awk -v n="$1" -v seed="${2:-1}" 'BEGIN {
		srand(seed)
		print "phone,name,city,plan,tags,tier,consent,consent_at,consent_proof"
		split("138 139 135 136 137 150 151 158 186 188", pre, " ")
		split("Hangzhou Chengdu Wuhan Nanjing Xian Suzhou", city, " ")
		split("Home 300M,Home 500M,Mobile 5G,Business 1G", plan, ",")
		split("Chen Li Wang Zhang Liu Yang Zhao Huang Zhou Wu Xu Sun", name, " ")
		split("VIP,prefers afternoon,,new,price sensitive", tag, ",")
		for (i = 0; i < n; i++)
			printf "%s%08d,%s %s,%s,%s,%s,%s,sms,2026-01-15,SMS-%06d\n",
			    pre[1 + int(rand() * 10)], (i * 7919 + 13) % 100000000,
			    rand() < .5 ? "Mr" : "Mrs", name[1 + int(rand() * 12)],
			    city[1 + int(rand() * 6)], plan[1 + int(rand() * 4)],
			    tag[1 + int(rand() * 5)], substr("ABCD", 1 + int(rand() * 4), 1), i
	}' >"$D/leads.csv"
}

# users COUNT: agents 1001.. with password "demo", and supervisor zhang.
users() {
	local i
	for i in $(seq 1 "$1"); do
		printf 'demo' | "$B/waihu" -q user add "agent$((1000 + i))" --role agent \
		    --agent $((1000 + i)) --name "Agent $i" --team north \
		    --campaigns spring --password-stdin || return 1
	done
	printf 'demo' | "$B/waihu" -q user add zhang --role supervisor --name "Zhang Hua" \
	    --password-stdin
}

floor_stop() {
	local p
	# One that is dead already is no failure of a script with set -e.
	for p in "${PIDS[@]}"; do kill "$p" 2>/dev/null || :; done
	for p in "${PIDS[@]}"; do
		wait_for 8 eval "! kill -0 $p" || kill -9 "$p" 2>/dev/null || :
	done
	PIDS=()
}
