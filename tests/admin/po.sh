# po.sh FOLDER -- the texts of `waihu` that have a Chinese translation, as
# FOLDER/all.pot: the command's own, the verbs' help, what the server's clerk
# refuses with (it sends the form and the arguments), mistakes of the
# configuration, and the words an error may have for an argument.
pot() { xgettext -L C --from-code=UTF-8 --no-location --omit-header -s "$@"; }
sed 's/\bC("/NC_("column", "/g; s/\bW("/NC_("word", "/g' server/admin/admin_words.c |
	pot -k_ -kN_ -kNC_:1c,2 -o "$1/words.pot" -
pot -k_ -kN_ -kNC_:1c,2 -o "$1/own.pot" server/verbs.c server/admin/admin_[!w]*.c server/admin/main.c
pot -k -kfail:4 --flag=fail:4:c-format -o "$1/clerk.pot" server/clerk/*.c
pot -k -kconf_tell:3 -ksay:2 -kgettext -ktell:5 --flag=conf_tell:3:c-format -o "$1/conf.pot" \
	common/conf/*.c server/options.c
{ grep -ho 'fail_err(.*' server/clerk/*.c | grep -o '"[^"]\{1,\}"'
  sed -n 's/.*X(ERR_[A-Z]*, *\("[^"]*"\)).*/\1/p' common/base/err.h
  sed -n '/reasons\[\] = {/,/^};/p' server/lead/lead_phone.c | grep -o '"[^"]\{1,\}"'
} | sed 's/.*/R_(&)/' | sed 's/R_(/NC_("reason", /' | pot -k -kNC_:1c,2 -o "$1/reasons.pot" -
msgcat --use-first "$1"/words.pot "$1"/own.pot "$1"/clerk.pot "$1"/conf.pot "$1"/reasons.pot >"$1/all.pot"
