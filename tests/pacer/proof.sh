#!/usr/bin/env bash
# tests/pacer/proof.sh [SEEDS [FIRST [HELD]]] -- does every campaign keep its
# target?
#
# 8-hour campaigns of 5, 10, 20 and 50 agents at 3 % and 1 %, and the hard
# worlds; a row each: how many ended within the target, and were within it at
# every moment from 300 answers on, the worst of them at both, the worst quarter of an hour
# with 20 answers or more, how much of the budget was used, the talk, and the
# first 15 minutes.  FIRST is the first seed (1), so that parameters can be
# chosen on some days and shown on others.  HELD: always, or end, which holds
# the end of the day only.  B is the build directory.  60 seeds
# (and an eighth of them for the hard worlds) take a quarter of an hour of one
# core; not part of make check or make test.
set -eu
seeds=${1:-60}
first=${2:-1}
held=${3:-always}
B=${B:-build}
bench=$B/tests/bench_pacer/bench_pacer
few=$(( seeds / 8 > 1 ? seeds / 8 : 1 ))
rows() {
	nice "$bench" --cells "$1" --seeds "$2" --first "$first" \
		--held "$held" | awk -W interactive -v n="$2" '{
		for (i = 1; i <= NF; i++) {
			if ($i == "ab") ab = $(i + 1)
			if ($i == "max") max = $(i + 1)
			if ($i == "run") run = $(i + 1)
			if ($i == "broke") broke = $(i + 1)
			if ($i == "over") over = $(i + 1)
			if ($i == "q") q = $(i + 1)
			if ($i == "|") { fa = $(i + 1); fu = $(i + 2); break }
		}
		split($8, u, "+")
		t = $6 * 100; m = $2 >= 200 ? (n >= 8 ? int(n / 8) : 1) : n
		printf "%5d %4s %4s %3s %3g%% %-10s %5d %7.2f%% %7.2f%% %6.2f%% %6.2f%% %6.1f%% %6.1f%% %6.3f %6s %5s\n",
			$2, $3, $4, $5, t, $7, m, 100 * (1 - over / m), 100 * (1 - broke / m), max,
			run, q, 100 * ab / t, u[1], fa, fu
		fflush() }'
}
printf '%5s %4s %4s %3s %4s %-10s %5s %8s %8s %7s %7s %7s %7s %6s %6s %5s\n' \
	N p talk cv goal world days within always worst moment quarter budget talk% \
	ab15 u15
rows proof5,proof10,proof20 "$seeds"
rows proof50 $(( few * 2 ))
rows hard,hard1,low,cv "$few"
rows huge "$few"
