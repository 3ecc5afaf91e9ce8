# tui.sh -- drives a program in tmux; sourced by *.test (UX 6).
# Polls for a text with a deadline, never sleeps in hope.  Seconds are those of
# a quiet machine; a busy one has six times as many.
TMUX_CMD="tmux -L tui$$ -f /dev/null"
export LC_ALL=C.UTF-8 TZ=UTC
unset TMUX NO_COLOR COLORTERM LANGUAGE LINES COLUMNS WAIHU_LANG WAIHU_COLOR
tui_end() { $TMUX_CMD kill-server 2>/dev/null || true; }
tui_start() { # cols rows command...
	local c=$1 r=$2; shift 2
	$TMUX_CMD new-session -d -x "$c" -y "$r" -s t \
		"exec env TERM=${TUI_TERM:-tmux-256color} $*" || exit 99
	$TMUX_CMD set -g remain-on-exit on >/dev/null
	$TMUX_CMD set -g status off >/dev/null
	$TMUX_CMD set -g window-size manual >/dev/null
	$TMUX_CMD resize-window -t t -x "$c" -y "$r"; }
tui_screen() { $TMUX_CMD capture-pane -p -t t "$@"; }
tui_keys() { $TMUX_CMD send-keys -t t "$@"; }
tui_text() { $TMUX_CMD send-keys -t t -l -- "$1"; }
tui_bytes() { $TMUX_CMD send-keys -t t -H "$@"; }
tui_wait() { # fixed-string [seconds]
	local n=$(( ${2:-5} * 120 ))
	while [ $n -gt 0 ]; do
		tui_screen | grep -qF -- "$1" && return 0
		n=$((n - 1)); sleep 0.05
	done
	echo "FAIL: '$1' never appeared; last screen:" >&2
	tui_screen >&2; exit 1; }
tui_gone() {
	local n=600
	while tui_screen | grep -qF -- "$1"; do
		n=$((n - 1))
		[ $n -gt 0 ] || { echo "FAIL: '$1' stays" >&2; tui_screen >&2; exit 1; }
		sleep 0.05
	done; }
tui_resize() { $TMUX_CMD resize-window -t t -x "$1" -y "$2"; }
tui_alive() {
	[ "$($TMUX_CMD display -p -t t '#{pane_dead}')" = 0 ] ||
		{ echo "FAIL: died" >&2; tui_screen >&2; exit 1; }; }
file_wait() { # file fixed-string [seconds]
	local n=$(( ${3:-5} * 120 ))
	while [ $n -gt 0 ]; do
		grep -qF -- "$2" "$1" && return 0
		n=$((n - 1)); sleep 0.05
	done
	echo "FAIL: '$2' not in $1:" >&2; cat "$1" >&2; exit 1; }
