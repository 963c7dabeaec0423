// What an item says to signals: terms of public originals, and risks.
#include "kaiku/signal/extractor.h"

#include <algorithm>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kaiku::signal {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ExtractorTest : public ::testing::Test {
 protected:
  ExtractorTest() {
    plan_.handles = {{"kirkasdrinks", "kirkas"}, {"lahde", "lahde"}};
    plan_.known_handles = {"kirkasdrinks_fi"};
    plan_.hosts = {"kirkas.fi"};
    plan_.shorteners = {"bit.ly"};
    plan_.no_terms = {"kirkas"};
  }

  std::vector<std::string> terms() {
    run();
    std::vector<std::string> out;
    for (size_t i = 0; i < part_.term_count; ++i) {
      out.emplace_back(part_.terms[i].text);
    }
    return out;
  }

  std::vector<std::string> risks() {
    run();
    std::vector<std::string> out;
    for (size_t i = 0; i < part_.risk_count; ++i) {
      const model::SignalRisk& risk = part_.risks[i];
      out.push_back(std::to_string(static_cast<int>(risk.risk)) + " " + std::string(risk.subject) +
                    (risk.brand.empty() ? "" : " of " + std::string(risk.brand)));
    }
    return out;
  }

  void run() {
    Extractor extractor(plan_, key_);
    text_ = std::string(item_.text);
    extractor.extract(item_, message_, part_);
    // Views of the extractor die with it.
    kept_.clear();
    for (size_t i = 0; i < part_.term_count; ++i) {
      kept_.emplace_back(part_.terms[i].text);
    }
    for (size_t i = 0; i < part_.risk_count; ++i) {
      kept_.emplace_back(part_.risks[i].subject);
      kept_.emplace_back(part_.risks[i].brand);
    }
    size_t at = 0;
    for (size_t i = 0; i < part_.term_count; ++i) {
      part_.terms[i].text = kept_[at++];
    }
    for (size_t i = 0; i < part_.risk_count; ++i) {
      part_.risks[i].subject = kept_[at++];
      part_.risks[i].brand = kept_[at++];
    }
  }

  SignalPlan plan_;
  base::HashKey key_;
  model::Item item_;
  model::ItemMessage message_;
  model::SignalPart part_;
  std::string text_;
  std::vector<std::string> kept_;
};

TEST_F(ExtractorTest, TakesHashtagsAndLongWords) {
  item_.text =
      "Kirkas RECALL! The #Lasi2026 broke, lasinsirut: see https://evil.example/recall and "
      "@somebody or mail info@kirkas.fi \xe2\x80\x9crecall\xe2\x80\x9d about h2o 123456";
  EXPECT_THAT(terms(), ElementsAre("recall", "#lasi2026", "broke", "lasinsirut", "mail"));
}

TEST_F(ExtractorTest, FoldsTextsSoThatOneTermHasOneHash) {
  item_.text = "PULLO #Pullo";
  EXPECT_THAT(terms(), ElementsAre("pullo", "#pullo"));
  const uint64_t hash = part_.terms[0].hash;
  item_.text = "\xef\xbc\xb0ullo";  // a full-width letter
  EXPECT_THAT(terms(), ElementsAre("pullo"));
  EXPECT_EQ(part_.terms[0].hash, hash);
}

TEST_F(ExtractorTest, TakesNoTermsFromCopiesPrivateTextsAndTheBrandItself) {
  item_.text = "recall recall";
  message_.relation = model::Relation::kRepost;
  EXPECT_THAT(terms(), IsEmpty());
  message_ = {};
  message_.visibility = model::Visibility::kPrivate;
  EXPECT_THAT(terms(), IsEmpty());
  message_ = {};
  message_.author_role = model::AuthorRole::kBrand;
  EXPECT_THAT(terms(), IsEmpty());
}

TEST_F(ExtractorTest, CutsAfterSoManyTerms) {
  std::string text;
  for (char a = 'a'; a < 'a' + 26; ++a) {
    text += std::string("#tag") + a + "a #tag" + a + "b ";
  }
  item_.text = text;
  EXPECT_EQ(terms().size(), model::kTermsPerItem);
  EXPECT_TRUE(part_.cut);
}

TEST_F(ExtractorTest, SeesAccountsThatPoseAsTheBrands) {
  item_.author_handle = "@KirkasDr1nks";
  EXPECT_THAT(risks(), ElementsAre("0 kirkasdr1nks of kirkas"));
  item_.author_handle = "@kirkasdrinks";
  EXPECT_THAT(risks(), IsEmpty()) << "the official one";
  item_.author_handle = "kirkasdrinks_fi";
  EXPECT_THAT(risks(), IsEmpty()) << "known";
  item_.author_handle = "somebody";
  EXPECT_THAT(risks(), IsEmpty());
  item_.author_handle = "@KirkasDr1nks";
  message_.author_role = model::AuthorRole::kStaff;
  EXPECT_THAT(risks(), IsEmpty()) << "of the brand's people";
}

TEST_F(ExtractorTest, SeesLinksInRepliesThatPoseOrHide) {
  item_.text = "Sorry! Log in at https://kirkas-tuki.com/a or https://bit.ly/b or https://hs.fi";
  EXPECT_THAT(risks(), IsEmpty()) << "not a reply";
  message_.relation = model::Relation::kReply;
  EXPECT_THAT(risks(), ElementsAre("1 kirkas-tuki.com", "2 bit.ly"));
  item_.text = "see https://tuki.kirkas.fi/a";
  EXPECT_THAT(risks(), IsEmpty());
  message_.author_role = model::AuthorRole::kBrand;
  item_.text = "see https://bit.ly/b";
  EXPECT_THAT(risks(), IsEmpty()) << "by the brand";
}

TEST_F(ExtractorTest, SeesOtherHostsWhereNewOnesAreARisk) {
  plan_.new_hosts = true;
  message_.relation = model::Relation::kReply;
  item_.text = "see https://tuki.kirkas.fi/a, http://HS.fi/x?y, https://bit.ly/b";
  EXPECT_THAT(risks(), ElementsAre("6 hs.fi", "2 bit.ly")) << "the brand's own is none";
  message_.author_role = model::AuthorRole::kStaff;
  EXPECT_THAT(risks(), IsEmpty());
}

TEST_F(ExtractorTest, SeesConfidentialPhrasesByTheirHashes) {
  base::Digest digest;
  ASSERT_TRUE(digest_of_phrase("Projekti  Kuu", key_, digest));
  plan_.confidential = {{digest, "moon"}};
  item_.text = "heard of projekti\nKUU, it is great";
  EXPECT_THAT(risks(), ElementsAre("3 moon"));
  message_.author_role = model::AuthorRole::kStaff;
  EXPECT_THAT(risks(), ElementsAre("4 moon"));
  message_.visibility = model::Visibility::kPrivate;
  EXPECT_THAT(risks(), IsEmpty());
  message_ = {};
  item_.text = "projekti jonka kuu";
  EXPECT_THAT(risks(), IsEmpty());
  EXPECT_FALSE(digest_of_phrase("one two three four", key_, digest));
  EXPECT_FALSE(digest_of_phrase(" -- ", key_, digest));
}

TEST_F(ExtractorTest, SeesPersonalDataInPublicWhoeverWroteItAndSaysNoNumber) {
  item_.title = "131052-308T";
  item_.text =
      "pay me to FI21\xc2\xa0"
      "1234 5600 0007 85";
  EXPECT_THAT(risks(), IsEmpty()) << "not asked for";
  plan_.personal_data = true;
  for (const auto role : {model::AuthorRole::kCustomer,
                          model::AuthorRole::kStaff,
                          model::AuthorRole::kBrand,
                          model::AuthorRole::kBot}) {
    message_.author_role = role;
    EXPECT_THAT(risks(), ElementsAre("5 iban", "5 personal_identity_code"));
  }
  message_.relation = model::Relation::kReply;
  EXPECT_THAT(risks(), ElementsAre("5 iban", "5 personal_identity_code"));
  for (const auto visibility : {model::Visibility::kPrivate, model::Visibility::kInternalNote}) {
    message_.visibility = visibility;
    EXPECT_THAT(risks(), IsEmpty());
  }
}

TEST_F(ExtractorTest, TakesNoTermThatHoldsPersonalData) {
  item_.text = "#FI2112345600000785 #4111111111111111 #lasi2026";
  EXPECT_THAT(terms(), ElementsAre("#lasi2026"));
}

TEST_F(ExtractorTest, TakesAnyBytesAsText) {
  std::string text;
  for (int i = 0; i < 4'096; ++i) {
    text += static_cast<char>(i * 31 + i / 7);
  }
  item_.text = text;
  item_.author_handle = std::string_view(text).substr(0, 40);
  message_.relation = model::Relation::kReply;
  run();
  message_ = {};
  run();
  for (size_t i = 0; i < part_.term_count; ++i) {
    EXPECT_LE(part_.terms[i].text.size(), model::kTermBytes);
  }
}

TEST(StopWord, IsFoundAmongThree) {
  for (const char* word : {"about", "että", "också", "with"}) {
    EXPECT_TRUE(is_stop_word(word)) << word;
  }
  EXPECT_FALSE(is_stop_word("recall"));
}

}  // namespace
}  // namespace kaiku::signal
