/*
 * phone_shim -- the one door to libphonenumber, which is C++.
 */
#ifndef LEAD_PHONE_SHIM_H
#define LEAD_PHONE_SHIM_H

#ifdef __cplusplus
extern "C" {
#endif

enum phone_shim {
	PHONE_OK,
	PHONE_NO_NUMBER,	/* cannot be read as one                     */
	PHONE_TOO_SHORT,
	PHONE_TOO_LONG,
	PHONE_INVALID,		/* no such number in that country            */
	PHONE_NO_COUNTRY,	/* the country is not known                  */
};

/* text: NUL-terminated; country: ISO 3166.  Digits, no plus sign, into
 * e164 on PHONE_OK.  Any thread. */
enum phone_shim phone_shim_parse(const char *text, const char *country,
				 char e164[16]);

#ifdef __cplusplus
}
#endif

#endif
