#include "lead/phone_shim.h"

#include <cstring>
#include <string>

#include <phonenumbers/phonenumberutil.h>

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

static enum phone_shim reason(PhoneNumberUtil::ErrorType e)
{
	switch (e) {
	case PhoneNumberUtil::INVALID_COUNTRY_CODE_ERROR:
		return PHONE_NO_COUNTRY;
	case PhoneNumberUtil::TOO_SHORT_AFTER_IDD:
	case PhoneNumberUtil::TOO_SHORT_NSN:
		return PHONE_TOO_SHORT;
	case PhoneNumberUtil::TOO_LONG_NSN:
		return PHONE_TOO_LONG;
	default:
		return PHONE_NO_NUMBER;
	}
}

static enum phone_shim parse(const char *text, const char *country,
			     char e164[16])
{
	PhoneNumberUtil *util = PhoneNumberUtil::GetInstance();
	PhoneNumber number;
	std::string out;
	PhoneNumberUtil::ErrorType e = util->Parse(text, country, &number);

	if (e != PhoneNumberUtil::NO_PARSING_ERROR)
		return reason(e);
	if (!util->IsValidNumber(number)) {
		switch (util->IsPossibleNumberWithReason(number)) {
		case PhoneNumberUtil::TOO_SHORT:
			return PHONE_TOO_SHORT;
		case PhoneNumberUtil::TOO_LONG:
			return PHONE_TOO_LONG;
		default:
			return PHONE_INVALID;
		}
	}
	util->Format(number, PhoneNumberUtil::E164, &out);
	if (out.size() < 2 || out.size() > 16)
		return PHONE_NO_NUMBER;
	std::memcpy(e164, out.c_str() + 1, out.size());
	return PHONE_OK;
}

/* No exception may cross into C. */
enum phone_shim phone_shim_parse(const char *text, const char *country,
				 char e164[16])
{
	try {
		return parse(text, country, e164);
	} catch (...) {
		return PHONE_NO_NUMBER;
	}
}
