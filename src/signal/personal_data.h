// Personal data in a text: numbers that name one account, card or person, and that can be told from
// other numbers because they carry a check of their own. Pure functions of folded text
// (text/normalize.h) or any other bytes.
//
// Threads: any.
// Owns:    nothing.
// Cost:    about 1 ns a byte of a text without digits, 6 ns with some; at most some 70 bytes are
//          looked at from the beginning of a word, so that no text costs more than 20 ns a byte.
// Fails:   never. What is said is which kinds there are, never where or what: a number that is not
//          handed on cannot leak.
// Source:  IBAN: ISO 13616, lengths and forms of the SEPA countries in its registry, check of ISO
//          7064 (mod 97-10). Payment card: ISO/IEC 7812, Luhn's check, the prefixes of the large
//          schemes, 14 to 19 digits (no cards of 13 are in use, and every tenth article number of
//          Germany would be one). Finnish personal identity code: Act 661/2009 and Decree 128/2010,
//          with the signs of 2023; the individual number is 002 to 899.
//
// Mail addresses, telephone numbers, names and street addresses are not looked for: they are too
// common in public to wake anybody, and often meant to be there. A number right behind one of
// `/ = & % @ . -` is taken for a part of an address or of a longer number. Groups of an IBAN have
// four characters, those of a card three digits at least, with one blank between (of a card a
// hyphen too).
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace kaiku::signal {

enum class PersonalData : uint8_t { kIban, kPaymentCard, kPersonalIdentityCode };
inline constexpr size_t kPersonalDataKinds = 3;

// "iban", "payment_card", "personal_identity_code".
[[nodiscard]] std::string_view name_of(PersonalData kind);

// By PersonalData: which of them the text holds.
[[nodiscard]] std::bitset<kPersonalDataKinds> personal_data_in(std::string_view text);

}  // namespace kaiku::signal
