#!/bin/sh
# install.sh -- called by `make install`: from $B to $DESTDIR$PREFIX; and by
# `make uninstall`, UNDO=1: what install puts down goes, and folders that are
# empty then.  /etc/waihu, recordings and the database stay.
# The configuration is /etc/waihu whatever PREFIX is; one that is there is
# left alone.  Nothing is started and no user is made: the last lines say how.
set -eu
: "${B:=build}" "${DESTDIR:=}" "${PREFIX:=/usr/local}" "${UNDO:=}"
cd "$(dirname "$0")/.."
root=$DESTDIR$PREFIX
share=$root/share/waihu

case $PREFIX in /*) ;; *) echo "install: PREFIX must begin with /" >&2; exit 64 ;; esac
[ -n "$UNDO" ] || "$B/waihud" --options | grep -qF "$PREFIX/share/waihu" || {
	echo "install: $B was built for another PREFIX; run make install PREFIX=$PREFIX" >&2
	exit 1
}

put() {	# MODE FOLDER FILE...
	mode=$1 dir=$2; shift 2
	if [ -n "$UNDO" ]; then
		for f; do rm -f "$dir/${f##*/}"; done
		rmdir -p "$dir" 2>/dev/null || :
		return
	fi
	mkdir -p "$dir"
	for f; do
		[ ! -f "$f" ] || install -m "$mode" "$f" "$dir/"
	done
}

put 755 "$root/sbin" "$B/waihud"
put 755 "$root/bin" "$B/waihu" "$B/waihu-agent" "$B/waihu-supervisor"
put 644 "$root/lib/waihu" "$B/waihu_phone.so"
put 644 "$share" data/*.tsv data/call-map.mmd
put 644 "$share/prompts" data/prompts/*
put 644 "$share/samples" data/samples/*
put 644 "$share/themes" data/themes/*
put 644 "$share" data/tui.yaml
for mo in "$B"/locale/*/LC_MESSAGES/waihu.mo; do
	lang=${mo#"$B/locale/"}
	put 644 "$root/share/locale/${lang%/*}" "$mo"
done
for page in man/*.[1578]; do
	put 644 "$root/share/man/man${page##*.}" "$page"
done
put 644 "$root/share/bash-completion/completions" data/completion/waihu
put 644 "$root/share/doc/waihu" LICENSE README.md README.zh-CN.md

for kind in service:systemd/system/waihud.service \
    sysusers:sysusers.d/waihu.conf tmpfiles:tmpfiles.d/waihu.conf; do
	to=$root/lib/${kind#*:}
	[ -z "$UNDO" ] || { rm -f "$to"; rmdir -p "$(dirname "$to")" 2>/dev/null || :; continue; }
	mkdir -p "$(dirname "$to")"
	sed "s|/usr/sbin/|$PREFIX/sbin/|" data/systemd/*".${kind%%:*}" >"$to"
	chmod 644 "$to"
done

[ -z "$UNDO" ] || { [ -n "$DESTDIR" ] || echo "Removed from $PREFIX; /etc/waihu, /var/lib/waihu and /var/spool/waihu are left."; exit 0; }
mkdir -p "$DESTDIR/etc/waihu/conf.d"
if [ ! -e "$DESTDIR/etc/waihu/waihu.yaml" ]; then
	"$B/waihu" config default >"$DESTDIR/etc/waihu/waihu.yaml"
	chmod 644 "$DESTDIR/etc/waihu/waihu.yaml"
fi

[ -n "$DESTDIR" ] || cat <<TEXT
Installed below $PREFIX.  To run it as a service:
  systemd-sysusers && systemd-tmpfiles --create && systemctl daemon-reload
  editor /etc/waihu/waihu.yaml        # trunks and campaigns; then: waihu config check
  systemctl enable --now waihud
TEXT
