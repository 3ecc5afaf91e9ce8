# size.awk -- a function fits a screen (100 lines hard), a file 600.
FNR == 1 { if (last && lines > 600) bad(last ": " lines " lines, at most 600"); last = FILENAME }
{ lines = FNR }
/^[a-z].*\)$|^[a-z].*\($|^[ \t].*\)$/ { if (!infn) head = FNR }
/^{/ { infn = 1; start = FNR }
/^}/ { if (infn && $0 !~ /;/ && FNR - start > 100) bad(FILENAME ":" start ": function of " FNR - start " lines, at most 100"); infn = 0 }
function bad(text) { print text; failed = 1 }
END { if (lines > 600) bad(last ": " lines " lines, at most 600"); exit failed }
