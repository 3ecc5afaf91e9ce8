# layers.awk -- reads tests/layers.rules, then every source file: an include
# of another folder must be allowed by a rule, an outside library's header
# only opened in its door.  Prints each breach; exit 1 if there was one.
FNR == 1 { file = FILENAME; dir = file; sub(/\/[^\/]*$/, "", dir); rules = file ~ /layers\.rules$/ }
rules {
	sub(/#.*/, "")
	if ($1 == "door") { for (i = 3; i <= NF; i++) door[$2] = door[$2] " " $i " " }
	else if (NF) { known[$1] = 1; for (i = 2; i <= NF; i++) may[$1, $i] = 1 }
	next
}
FNR == 1 && !(dir in known) { bad(file ": folder " dir " has no row in layers.rules") }
/^#[ \t]*include[ \t]*"/ {
	split($0, q, "\""); inc = q[2]; n = index(inc, "/")
	doors(inc)
	if (!n) next
	top = substr(inc, 1, n - 1)
	from = ("common/" top in known) ? "common/" top : ("server/" top in known) ? "server/" top : top
	if (from == dir) next
	if (inc ~ /_priv\.h$/) bad(file ":" FNR ": " inc " is private to " from)
	if (!((dir, "*") in may) && !((dir, from) in may)) bad(file ":" FNR ": " dir " must not include " inc)
}
/^#[ \t]*include[ \t]*</ {
	split($0, q, /[<>]/)
	doors(q[2])
}
function doors(inc,	d) {
	for (d in door) if (index(inc, d) == 1 && !index(door[d], " " dir " ") && !index(door[d], " " file " "))
		bad(file ":" FNR ": <" inc "> belongs behind" door[d])
}
function bad(text) { print text; failed = 1 }
END { exit failed }
