/*
 * phone_device -- the sound cards of this machine, as the kernel names them.
 *
 * /proc/asound/pcm has a line a device (Linux, sound/core/pcm.c):
 *	00-00: ALC257 Analog : ALC257 Analog : playback 1 : capture 1
 * "plughw:0,0" is its ALSA name with rates converted.  No library is asked:
 * one that hangs on a broken server of sound must not hang the screen.
 */
#include "phone/phone.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"

static bool read_line(char *line, struct phone_device *d)
{
	unsigned card, dev;
	char *name, *end;

	line[strcspn(line, "\n")] = '\0';
	if (sscanf(line, "%u-%u:", &card, &dev) != 2 || card > 255 ||
	    dev > 255)
		return false;
	*d = (struct phone_device){
		.mic = strstr(line, ": capture ") != NULL,
		.speaker = strstr(line, ": playback ") != NULL };
	str_fmt(d->name, sizeof(d->name), "plughw:%u,%u", card, dev);
	name = strchr(line, ':') + 1;
	name += strspn(name, " ");
	end = strstr(name, " : ");
	if (end)
		*end = '\0';
	if (!str_is_utf8(name, strlen(name)))
		name = d->name;
	str_copy(d->label, sizeof(d->label), name);
	return d->mic || d->speaker;
}

size_t phone_devices(const char *path, struct phone_device *out, size_t max)
{
	FILE *f = fopen(path ? path : "/proc/asound/pcm", "re");
	char line[256];
	size_t n = 0;

	while (f && n < max && fgets(line, sizeof(line), f))
		n += read_line(line, &out[n]);
	if (f)
		fclose(f);
	return n;
}
