#include "tui/text.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"

enum err tui_data_file(char *buf, size_t size, const char *name)
{
	char exe[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	for (int up = 0; n > 0 && up < 4; up++) {
		exe[n] = '\0';
		char *slash = strrchr(exe, '/');

		if (!slash || slash == exe)
			break;
		*slash = '\0';
		n = slash - exe;
		str_fmt(buf, size, "%s/data/%s", exe, name);
		if (!access(buf, R_OK))
			return ERR_OK;
	}
	str_fmt(buf, size, "%s/share/waihu/%s", WAIHU_PREFIX, name);
	return access(buf, R_OK) ? ERR_ABSENT : ERR_OK;
}
