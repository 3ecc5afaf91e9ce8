/* The kernel's list of sound devices, as it is and as it may come. */
#include "base/t.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "phone/phone.h"

static size_t read_text(const char *text, struct phone_device *d, size_t max)
{
	char path[] = "/tmp/waihu-pcm-XXXXXX";
	int fd = mkstemp(path);
	size_t n;

	T_OK(fd >= 0 && write(fd, text, strlen(text)) ==
			   (ssize_t)strlen(text), "a file");
	close(fd);
	n = phone_devices(path, d, max);
	unlink(path);
	return n;
}

static void test_cards(void **state UNUSED)
{
	struct phone_device d[3];

	T_OK(read_text("00-00: ALC257 Analog : ALC257 Analog : playback 1 : "
		       "capture 1\n"
		       "00-03: HDMI 0 : HDMI 0 : playback 1\n"
		       "01-00: USB Audio : USB Audio : playback 1 : capture 1\n",
		       d, 3) == 3, "three devices");
	T_OK(str_eq(d[0].name, "plughw:0,0") &&
	     str_eq(d[0].label, "ALC257 Analog") && d[0].mic && d[0].speaker,
	     "a card that can do both");
	T_OK(str_eq(d[1].name, "plughw:0,3") && !d[1].mic && d[1].speaker,
	     "a screen can only be heard");
	T_OK(str_eq(d[2].name, "plughw:1,0") && str_eq(d[2].label, "USB Audio"),
	     "the headset");
	T_OK(read_text("00-00: A : A : capture 1\n01-00: B : B : capture 1\n",
		       d, 1) == 1, "no more than there is room for");
}

static void test_trouble(void **state UNUSED)
{
	struct phone_device d[3];

	T_OK(phone_devices("/nowhere/pcm", d, 3) == 0, "no card, no list");
	T_OK(read_text("", d, 3) == 0, "an empty list");
	T_OK(read_text("nonsense\n99999-0: x : x : capture 1\n00-01: \n", d, 3)
	     == 0, "lines that are none");
	T_OK(read_text("00-00: \xff\xfe : x : capture 1\n", d, 3) == 1 &&
	     str_eq(d[0].label, "plughw:0,0"), "a name that is not UTF-8");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cards), cmocka_unit_test(test_trouble),
	};

	return T_RUN(tests);
}
