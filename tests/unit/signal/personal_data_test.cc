// Numbers that name an account, a card or a person; all of these are published test numbers.
#include "signal/personal_data.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kaiku::signal {
namespace {

// "iban payment_card" of what the text holds.
std::string kinds_in(std::string_view text) {
  const auto found = personal_data_in(text);
  std::string out;
  for (size_t i = 0; i < kPersonalDataKinds; ++i) {
    if (found.test(i)) {
      out += out.empty() ? "" : " ";
      out += name_of(static_cast<PersonalData>(i));
    }
  }
  return out;
}

TEST(PersonalData, FindsAccountNumbersOfTheSepaCountries) {
  for (const char* text : {
           "FI21 1234 5600 0007 85",
           "fi2112345600000785",
           "pay to FI2112345600000785, please",
           "\xe2\x80\x9c"
           "FI21 1234 5600 0007 85\xe2\x80\x9d.",
           "account:FI21 12345600 000785",
           "#FI2112345600000785",
           "DE89 3704 0044 0532 0130 00",
           "GB29 NWBK 6016 1331 9268 19",
           "SE45 5000 0000 0583 9825 7466",
           "EE38 2200 2210 2014 5685",
           "NO93 8601 1117 947",
           "NL91 ABNA 0417 1643 00",
           "FR14 2004 1010 0505 0001 3M02 606",
           "fr1420041010050500013m02606",
           "BE68 5390 0754 7034",
           "IT60 X054 2811 1010 0000 0123 456",
           "LV80 BANK 0000 4351 9500 1",
           "MT84 MALT 0110 0001 2345 MTLC AST0 01S",
           "CH93 0076 2011 6238 5295 7",
       }) {
    EXPECT_EQ(kinds_in(text), "iban") << text;
  }
}

TEST(PersonalData, AnAccountNumberHasItsCheckItsLengthAndItsBorders) {
  for (const char* text : {
           "",
           "FI",
           "FI21",
           "FI21 1234 5600 0007 86",   // the check
           "FI12 1234 5600 0007 85",   // the check
           "FI21 1234 5600 0007",      // too short
           "FI21 1234 5600 0007 855",  // too long
           "xFI2112345600000785",      // within a word
           "FI2112345600000785x",      //
           "\xc3\xa4"
           "FI2112345600000785",          // behind a letter that is not ASCII
           "FI2112345600000785\xc3\xa4",  //
           "FI21  1234 5600 0007 85",     // two blanks
           "FI2 1123 4560 0000 785",      // groups of another size
           "FI21-1234-5600-0007-85",      //
           "US21 1234 5600 0007 85",      // no such country
           "https://a.example/FI2112345600000785",
       }) {
    EXPECT_EQ(kinds_in(text), "") << text;
  }
}

TEST(PersonalData, FindsPaymentCards) {
  for (const char* text : {
           "4111 1111 1111 1111",
           "4111-1111-1111-1111",
           "card 4111111111111111.",
           "4111 1111 1111 1111 12/28 123",
           "5 4111 1111 1111 1111",
           "5555 5555 5555 4444",
           "2223 0031 2200 3222",
           "3782 822463 10005",
           "371449635398431",
           "3056 930902 5904",
           "6011 1111 1111 1117",
           "3530111333300000",
           "6200000000000005",
       }) {
    EXPECT_EQ(kinds_in(text), "payment_card") << text;
  }
}

TEST(PersonalData, ACardHasItsCheckItsIssuerAndItsBorders) {
  for (const char* text : {
           "4111 1111 1111 1112",     // the check
           "4111 1111 1111 111",      // too short
           "4111111111111111111111",  // too long
           "9111 1111 1111 1111",     // nobody's
           "0000 0000 0000 0000",     //
           "4222222222222",           // 13 digits
           "4111  1111 1111 1111",    // two blanks
           "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
           "41 11 11 11 11 11 11 11",
           "x4111111111111111",
           "4111111111111111x",
           "4111_1111_1111_1111",
           "https://x.example/post/4111111111111111",
           "https://x.example/?id=4111111111111111&a=1",
           "case-4111111111111111",
           "0.4111111111111111",
           "+358 40 123 4567",
           "1772445600000000",
       }) {
    EXPECT_EQ(kinds_in(text), "") << text;
  }
}

TEST(PersonalData, FindsFinnishPersonalIdentityCodes) {
  for (const char* text : {
           "131052-308T",
           "my code is 131052-308t!",
           "(131052-308T)",
           "131052U308T",  // a sign of 2023 for the same century
           "131052y308t",
       }) {
    EXPECT_EQ(kinds_in(text), "personal_identity_code") << text;
  }
}

TEST(PersonalData, AnIdentityCodeHasItsCheckItsDateAndItsBorders) {
  for (const char* text : {
           "131052-308U",   // the check
           "131052-3080",   //
           "131052-308",    //
           "131052 308T",   // no sign
           "131052G308T",   // no century
           "131052Z308T",   //
           "1131052-308T",  // within a number
           "131052-308Ta",
           "x131052-308T",
           "310252-3080",  // no such day
           "131352-308T",  // no such month
       }) {
    EXPECT_EQ(kinds_in(text), "") << text;
  }
}

// The check character of a code that is made of a date and a number.
std::string code_of(const std::string& date, char sign, const std::string& individual) {
  const auto number = static_cast<unsigned>(std::stoul(date + individual));
  return date + sign + individual + "0123456789ABCDEFHJKLMNPRSTUVWXY"[number % 31];
}

TEST(PersonalData, TheDateOfACodeIsOneOfItsCentury) {
  const std::string right = "personal_identity_code";
  EXPECT_EQ(kinds_in(code_of("290200", 'A', "899")), right) << "2000 was a leap year";
  EXPECT_EQ(kinds_in(code_of("290200", '-', "899")), "") << "1900 was none";
  EXPECT_EQ(kinds_in(code_of("290200", '+', "899")), "") << "1800 was none";
  EXPECT_EQ(kinds_in(code_of("280299", '+', "002")), right);
  EXPECT_EQ(kinds_in(code_of("310499", '-', "002")), "");
  EXPECT_EQ(kinds_in(code_of("010100", 'F', "001")), "") << "no individual number";
  EXPECT_EQ(kinds_in(code_of("010100", 'F', "900")), "")
      << "nobody's: for tests and for the time being";
  EXPECT_EQ(kinds_in(code_of("000100", 'A', "002")), "");
}

TEST(PersonalData, FindsAllKindsInOneText) {
  EXPECT_EQ(kinds_in("131052-308T has FI21 1234 5600 0007 85 and 4111 1111 1111 1111"),
            "iban payment_card personal_identity_code");
  EXPECT_EQ(kinds_in("FI21 1234 5600 0007 85 FI21 1234 5600 0007 85"), "iban");
  EXPECT_EQ(kinds_in("FI21 1234 5600 0007 86 or FI21 1234 5600 0007 85"), "iban");
}

// An account number whose last groups are a card: it is the one, not both.
TEST(PersonalData, TheDigitsOfAnAccountAreNoCard) {
  EXPECT_EQ(kinds_in("DE89 3704 0044 0532 0130 00"), "iban");
}

TEST(PersonalData, LooksAtAnyBytes) {
  constexpr size_t kBytes = size_t{1} << 20;
  EXPECT_EQ(kinds_in(std::string(kBytes, '4')), "");
  for (const char* part :
       {"4 ", "4111 ", "4-", "4111-", "FI21 ", "131052-", "\xf0\x9f", " ", "\xff"}) {
    std::string text;
    while (text.size() < kBytes) {
      text += part;
    }
    EXPECT_EQ(kinds_in(text), "") << part;
    EXPECT_EQ(kinds_in(text + " 131052-308T"), "personal_identity_code") << part;
  }
  const std::string whole = "pay FI21 1234 5600 0007 85 or 4111-1111-1111-1111 or 131052-308T";
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_LT(personal_data_in(std::string_view(whole).substr(0, size)).count(), 3U);
  }
}

}  // namespace
}  // namespace kaiku::signal
