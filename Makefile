# One file builds, checks and installs everything.      Try: make help
CC       ?= cc
CXX      ?= c++
PREFIX   ?= /usr/local
JOBS     ?= $(shell nproc)
DESTDIR  ?=
VERSION  := $(shell cat data/version)
WARN      = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
            -Wvla -Wundef -Wpointer-arith -Wwrite-strings -Wformat=2
CFLAGS   ?= -O2 -g
# Debian's libre says nothing in libre.pc of the defines its headers need.
LIBRE     = -isystem /usr/include/re -isystem /usr/include/rem \
            -DHAVE_INTTYPES_H -DHAVE_STDBOOL_H -DHAVE_INET6
DEFS      = -D_GNU_SOURCE -DWAIHU_VERSION='"$(VERSION)"' \
            -DWAIHU_PREFIX='"$(PREFIX)"' -ffile-prefix-map=$(CURDIR)=.
ALL       = -std=c11 $(DEFS) $(WARN) -Icommon -Iserver -Iagent-tui \
            -Isupervisor-tui -Itests $(LIBRE) $(SAN) $(CFLAGS) -pthread
LIBS      = -lnng -llmdb -lrem -lre -lmsgpackc -lyaml -lcsv -ljansson \
            -lsndfile -lspandsp -lspeexdsp -lphonenumber -lsodium \
            -lncursesw -ltinfo -lssl -lcrypto -lstdc++ -lm -ldl
B        := build$(SANDIR)

tree      = $(sort $(wildcard $(1)/*.c $(1)/*/*.c))
objs      = $(patsubst %.c,$(B)/%.o,$(filter %.c,$(1))) \
            $(patsubst %.cc,$(B)/%.o,$(filter %.cc,$(1)))
SOURCES  := $(call tree,common) $(call tree,server) $(call tree,agent-tui) \
            $(call tree,supervisor-tui) $(sort $(wildcard common/*/*.cc server/*/*.cc))
# Each program is one main; everything else is one library the linker picks
# from.  A file under common/phone/module is the softphone's module.
MAINS    := server/main.c server/admin/main.c agent-tui/main.c supervisor-tui/main.c
PARTS    := $(filter-out $(MAINS) %/module.c,$(SOURCES))
# The tests' own peers: programs (tests/*/main.c) and what they share.
TOOLS    := $(sort $(wildcard tests/*/main.c))
TESTLIB  := $(filter-out %_test.c %/main.c %_fuzz.c,$(wildcard tests/*/*.c))
TESTS    := $(sort $(wildcard tests/*/*_test.c))
# Scripts: *.test fast (make check), *.slow the long ones (make test).
SCRIPTS  := $(sort $(wildcard tests/*/*.test))
SLOW     := $(sort $(wildcard tests/*/*.slow))
BINS      = $(patsubst %,$(B)/%,$(foreach p,\
            server/main.c:waihud server/admin/main.c:waihu \
            agent-tui/main.c:waihu-agent supervisor-tui/main.c:waihu-supervisor,\
            $(if $(wildcard $(firstword $(subst :, ,$(p)))),$(lastword $(subst :, ,$(p))))))
PHONE     = $(if $(wildcard common/phone/module.c),$(B)/waihu_phone.so)
TOOLBINS  = $(foreach t,$(patsubst tests/%/main.c,%,$(TOOLS)),$(B)/tests/$(t)/$(t))
TESTBINS  = $(patsubst %.c,$(B)/%,$(TESTS))

MO        = $(B)/locale/zh_CN/LC_MESSAGES/waihu.mo

all: $(BINS) $(PHONE) $(MO) $(TOOLBINS)     ## build the programs and the tests' peers
$(B)/waihud:           $(B)/server/main.o
$(B)/waihu:            $(B)/server/admin/main.o
$(B)/waihu-agent:      $(B)/agent-tui/main.o
$(B)/waihu-supervisor: $(B)/supervisor-tui/main.o
$(B)/libwaihu.a: $(call objs,$(PARTS))
	@rm -f $@; ar Drcs $@ $^
$(B)/libtests.a: $(call objs,$(TESTLIB))
	@rm -f $@; ar Drcs $@ $^
$(BINS): $(B)/libwaihu.a
	@echo "link  $@"; $(CC) $(ALL) -o $@ $(filter %/main.o,$^) $(B)/libwaihu.a $(LIBS)
$(TOOLBINS) $(TESTBINS): $(B)/%: $(B)/libwaihu.a $(B)/libtests.a
$(TESTBINS): $(B)/%: $(B)/%.o
	@$(CC) $(ALL) -o $@ $< $(B)/libtests.a $(B)/libwaihu.a $(LIBS) -lcmocka
.SECONDEXPANSION:
$(TOOLBINS): $$(@D)/main.o
	@echo "link  $@"; $(CC) $(ALL) -o $@ $< $(B)/libtests.a $(B)/libwaihu.a $(LIBS)
$(TESTBINS): | $(MO)
$(MO): $(wildcard data/po/zh_CN*.po)
	@mkdir -p $(@D); msgcat --use-first $^ | msgfmt --check-format -o $@ -
$(B)/waihu_phone.so: common/phone/module.c
	@mkdir -p $(@D); $(CC) $(filter-out -fsanitize%,$(ALL)) -fPIC -shared -o $@ $<
# What PREFIX is compiled into is compiled again when it changes.
PREFIXED := $(shell grep -ls WAIHU_PREFIX $(filter %.c,$(SOURCES)))
$(B)/prefix: force
	@mkdir -p $(@D); echo '$(PREFIX)' | cmp -s - $@ || echo '$(PREFIX)' >$@
$(PREFIXED:%.c=$(B)/%.o): $(B)/prefix
$(B)/%.o: %.c
	@mkdir -p $(@D); echo "cc    $<"
	@$(CC) $(ALL) -MMD -MP -c -o $@ $<
$(B)/%.o: %.cc
	@mkdir -p $(@D); echo "c++   $<"
	@$(CXX) -std=c++17 -ffile-prefix-map=$(CURDIR)=. -Wall -Wextra -Icommon -Iserver $(SAN) $(CFLAGS) -MMD -MP -c -o $@ $<

run/tests/phone/phone_test: $(PHONE)
run/tests/robot/robot_test: $(B)/tests/robot/robot
CHECKS    = layers size man map $(TESTBINS:$(B)/%=run/%) $(SCRIPTS:%=run/%)
check: $(CHECKS)                      ## the fast checks
	@echo "$(words $(CHECKS)) passed, 0 failed"
test: deps                            ## install what is missing, build, run every test
	$(MAKE) -j$(JOBS) all
	$(MAKE) -j$(JOBS) check
	$(MAKE) -j$(JOBS) monkeys
	$(MAKE) slow
# The monkeys of the slow tests, under ASan and UBSan, built once for both.
monkeys:
	@$(MAKE) -s SANDIR=-san SAN='-fsanitize=address,undefined -fno-sanitize-recover=all' CFLAGS='-O1 -g' \
	    build-san/tests/monkey/monkey build-san/tests/monkey_wall/monkey_wall
slow: $(SLOW:%=run/%)                 ## the long tests alone
	@echo "$(words $(SLOW)) passed, 0 failed"
deps:                                 ## install the Debian packages that are missing
	@sh tests/deps.sh data/packages.txt
demo: deps                            ## a call centre on a carrier simulated on loopback
	@$(MAKE) --no-print-directory all
	@B=$(B) bash tests/demo/demo.sh
# Tests that judge sound as it is heard: run again when the machine, not the
# product, stood still (tests/pulse).  No other test is ever run twice.
SOUND     = $(wildcard tests/media/media_*_test.c tests/phone/phone_test.c tests/system/whisper.test \
            tests/system/transfer.slow tests/system/watch.slow tests/agent-tui/shift.slow)
PULSE     = $(if $(filter $*.%,$(SOUND)),$(B)/tests/pulse/pulse) \
            $(if $(filter tests/system/floor.test,$<),$(B)/tests/pulse/pulse -c 75)
$(patsubst %.c,run/%,$(filter %.c,$(SOUND))): $(B)/tests/pulse/pulse
run/%.test: %.test all
	@mkdir -p $(B)/$(*D); B=$(B) timeout 600 $(PULSE) bash $< >$(B)/$*.log 2>&1 && echo "pass  $*" \
	    || { echo "FAIL  $*"; cat $(B)/$*.log; exit 1; }
run/%.slow: %.slow all
	@mkdir -p $(B)/$(*D); B=$(B) timeout 1100 $(PULSE) bash $< >$(B)/$*.log 2>&1 && echo "pass  $*" \
	    || { echo "FAIL  $*"; tail -n 100 $(B)/$*.log; exit 1; }
run/%: $(B)/%
	@timeout 600 $(PULSE) $< >$<.log 2>&1 && { echo "pass  $*"; rm $<.log; } \
	    || { echo "FAIL  $*"; cat $<.log; exit 1; }
layers:                               ## who may include whom
	@awk -f tests/layers.awk tests/layers.rules $(sort $(wildcard \
	    common/*/*.[ch] common/*/*.cc server/*.[ch] server/*/*.[ch] server/*/*.cc agent-tui/*.[ch] supervisor-tui/*.[ch]))
size:                                 ## no file over 600 lines, no function over 100
	@awk -f tests/size.awk $(sort $(wildcard common/*/*.[ch] server/*.[ch] server/*/*.[ch] \
	    agent-tui/*.[ch] supervisor-tui/*.[ch] tests/*/*.[ch]))
man:                                  ## the manual pages are well-formed
	@mandoc -T lint -W warning $(wildcard man/*.[1578])
map: $(B)/waihud                      ## the call map in the tree is the one in the code
	@$< --map | diff -u data/call-map.mmd -
dev-deps: deps
	@sh tests/deps.sh data/packages-dev.txt
fuzz: dev-deps all                    ## every parser under libFuzzer (FUZZ_SECONDS each, 30)
	@B=$(B) bash tests/fuzz/run.sh $(or $(FUZZ_SECONDS),30)
bench: all                            ## every figure, with its command
	@B=$(B) bash tests/bench.sh
install: $(BINS) $(PHONE) $(MO) ## install below DESTDIR/PREFIX
	@B=$(B) DESTDIR=$(DESTDIR) PREFIX=$(PREFIX) sh data/install.sh
uninstall: $(MO)                      ## take away what install put there
	@B=$(B) DESTDIR=$(DESTDIR) PREFIX=$(PREFIX) UNDO=1 sh data/install.sh
san:                                  ## the fast checks under ASan and UBSan
	$(MAKE) check SANDIR=-san SAN='-fsanitize=address,undefined -fno-sanitize-recover=all' CFLAGS='-O1 -g'
valgrind: dev-deps $(TESTBINS) $(PHONE) ## the tests under valgrind's memcheck
	@B=$(B) bash tests/valgrind.sh $(TESTBINS)
tsan:                                 ## the threaded tests under TSan
	$(MAKE) SANDIR=-tsan SAN='-fsanitize=thread' CFLAGS='-O1 -g' \
	    $(patsubst %.c,run/%,$(wildcard tests/base/*_test.c tests/store/*_test.c \
	    tests/net/*_test.c tests/media/media_*_test.c tests/door/*_test.c \
	    tests/lead/lead_import_test.c tests/sim/forecast_test.c))
help:                                 ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' Makefile
clean:                                ## remove what was built
	rm -rf build build-*
.PHONY: force all check test slow deps demo layers size man map fuzz bench install uninstall san tsan valgrind dev-deps help clean
.SECONDARY:
-include $(shell find $(B) -name '*.d' 2>/dev/null)
