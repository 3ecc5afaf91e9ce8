#!/usr/bin/env bash
# bench_screen.sh agent|wall [AGENTS [CHANGES_PER_S]] -- the two screens in
# real terminals against a real server: bytes, times, the server's CPU
# (tests/bench_screen/main.c says what each figure is).
. "$(dirname "${BASH_SOURCE[0]}")/../demo/floor.sh"
finish() { floor_stop; rm -rf "$D"; }
trap finish EXIT
floor_new
carrier telecom --forced
config "$CARRIER_PORT" "$CARRIER_PORT" preview "    amd: no
    recording: no"
sed -i 's/profile: cn/profile: none/; s/agents_max: .*/agents_max: 10100/; s/calls_max: .*/calls_max: 11000/; s/options: 5s, //' "$D/waihu.yaml"
waihud_start
users 1 || die "users"
leads 20
sed -i '2,$s/^\([0-9]*\)[0-9][0-9],/\111,/' "$D/leads.csv"	# all are people
"$B/waihu" -q list import demo "$D/leads.csv" >/dev/null || die "import"
kill "$WAIHUD_PID"; wait_for 10 eval "! kill -0 $WAIHUD_PID" || die "waihud does not stop"
echo demo >"$D/pass"
export XDG_STATE_HOME=$D/screen XDG_CONFIG_HOME=$D/screen WAIHU_SOCKET=
mkdir -p "$D/screen"
"$B/tests/bench_screen/bench_screen" "$1" "$D/waihu.yaml" "$B" "$D" "${@:2}"
