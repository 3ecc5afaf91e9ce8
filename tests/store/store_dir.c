/* Apart from store_fix.c: the test programs have no cmocka. */
#include "store/store_fix.h"

#include <dirent.h>
#include <unistd.h>

#include "base/str.h"

void store_fix_remove(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	char path[512];

	while (d && (e = readdir(d)))
		if (e->d_name[0] != '.' &&
		    str_fmt(path, sizeof(path), "%s/%s", dir, e->d_name))
			unlink(path);
	if (d)
		closedir(d);
	rmdir(dir);
}
