# run.sh SECONDS -- every parser under libFuzzer with ASan and UBSan, for so
# long each (make fuzz).  Needs clang; what was found stays in build-fuzz.
set -eu
seconds=${1:-30}
command -v clang >/dev/null || { echo "fuzz: clang is needed: apt-get install clang" >&2; exit 1; }
F=build-fuzz
san=-fsanitize=address,undefined
make -j"$(nproc)" CC=clang CXX=clang++ B=$F CFLAGS='-O1 -g' \
    SAN="$san,fuzzer-no-link -fno-sanitize-recover=all" "$F/libwaihu.a" "$F/libtests.a" >/dev/null
libs=$(make -s -f - libs <<'MK'
include Makefile
libs: ; @echo $(LIBS)
MK
)
for entry in tests/fuzz/*_fuzz.c; do
	name=$(basename "$entry" .c)
	clang -std=c11 -D_GNU_SOURCE -DHAVE_STDBOOL_H -DHAVE_INET6 -DHAVE_INTTYPES_H \
	    -isystem /usr/include/re -isystem /usr/include/rem -Icommon -Iserver -Itests -O1 -g $san,fuzzer \
	    -c -o "$F/$name.o" "$entry"
	clang++ $san,fuzzer -pthread -o "$F/$name" "$F/$name.o" "$F/libtests.a" "$F/libwaihu.a" $libs -lcmocka
	mkdir -p "$F/corpus/$name"
	echo "fuzz  $name, $seconds s"
	"$F/$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
	    -artifact_prefix="$F/$name." -print_final_stats=0 "$F/corpus/$name" >"$F/$name.log" 2>&1 ||
	    { tail -n 40 "$F/$name.log"; echo "FAIL  $name"; exit 1; }
	echo "pass  $name: $(sed -n 's/^Done \([0-9]* runs in [0-9]* second.*\)/\1/p' "$F/$name.log")"
done
