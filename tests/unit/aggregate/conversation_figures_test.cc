#include "kaiku/aggregate/conversation_figures.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "kaiku/base/digest.h"
#include "kaiku/base/prng.h"

namespace kaiku::aggregate {
namespace {

std::string bytes_of(const ConversationFigures& figures) {
  std::string bytes;
  base::ByteWriter out(bytes);
  figures.encode(out);
  return bytes;
}

bool decodes(std::string_view bytes, ConversationFigures& figures) {
  base::ByteReader in(bytes);
  return figures.decode(in) && in.at_end();
}

void add_random(base::Prng& prng, ConversationFigures& to) {
  to.opened += prng.between(0, 2);
  to.first_answer_by[prng.below(kAnsweredBy)] += prng.between(0, 2);
  to.peer_before_brand += prng.between(0, 1);
  to.sla_met += prng.between(0, 1);
  to.sla_breached += prng.between(0, 1);
  to.unanswered_at_deadline += prng.between(0, 1);
  to.resolved += prng.between(0, 1);
  to.reopened += prng.between(0, 1);
  to.closed[prng.below(kCloseReasons)] += prng.between(0, 2);
  to.two_way += prng.between(0, 1);
  to.never_answered += prng.between(0, 1);
  to.deflected += prng.between(-1, 1);
  to.messages[prng.below(kSpeakers)] += prng.between(-1, 3);
  to.messages_of_closed += prng.between(0, 3);
  to.root_unknown += prng.between(0, 1);
  to.rated += prng.between(0, 1);
  to.rating_sum += prng.between(-4, 5);
  to.rated_good += prng.between(-1, 1);
  to.first_response_public.record(prng.between(0, 1'000'000));
  to.first_response_private.record(prng.between(0, 1'000'000));
  to.first_response_business.record(prng.between(0, 1'000'000));
  to.resolution.record(prng.between(0, 1'000'000));
  to.resolution_final.record(prng.between(0, 1'000'000));
  to.peer_lead.record(prng.between(0, 1'000'000));
  to.members.add(prng.next());
}

TEST(ConversationFigures, EmptyIsOneByte) {
  const ConversationFigures empty;
  EXPECT_TRUE(empty.is_empty());
  EXPECT_EQ(bytes_of(empty), std::string(1, '\0'));
  ConversationFigures back;
  EXPECT_TRUE(decodes(bytes_of(empty), back));
}

TEST(ConversationFigures, MergeIsOrderFreeAndGrouped) {
  base::Prng prng(3);
  std::vector<ConversationFigures> parts(40);
  for (ConversationFigures& part : parts) {
    add_random(prng, part);
  }
  ConversationFigures forward;
  ConversationFigures backward;
  ConversationFigures halves[2];
  for (size_t i = 0; i < parts.size(); ++i) {
    forward.merge(parts[i]);
    backward.merge(parts[parts.size() - 1 - i]);
    halves[i % 2].merge(parts[i]);
  }
  halves[1].merge(halves[0]);
  EXPECT_EQ(bytes_of(forward), bytes_of(backward));
  EXPECT_EQ(bytes_of(forward), bytes_of(halves[1]));
  EXPECT_EQ(forward.first_response_public.total(), 40);
  int64_t closed = 0;
  for (const ConversationFigures& part : parts) {
    closed += part.closed_total();
  }
  EXPECT_EQ(forward.closed_total(), closed);
}

TEST(ConversationFigures, MergeWithItselfDoubles) {
  base::Prng prng(4);
  ConversationFigures figures;
  add_random(prng, figures);
  figures.opened = 3;
  figures.merge(figures);
  EXPECT_EQ(figures.opened, 6);
  EXPECT_EQ(figures.resolution.total(), 2);
}

TEST(ConversationFigures, EachFieldHasABitOfItsOwn) {
  // A value with one field set is read back as that value and no other.
  std::vector<ConversationFigures> single(33);
  size_t i = 0;
  const auto count = [&](auto set) { set(single[i++]); };
  count([](auto& f) { f.opened = 1; });
  for (size_t k = 0; k < kAnsweredBy; ++k) {
    count([k](auto& f) { f.first_answer_by[k] = 1; });
  }
  count([](auto& f) { f.peer_before_brand = 1; });
  count([](auto& f) { f.sla_met = 1; });
  count([](auto& f) { f.sla_breached = 1; });
  count([](auto& f) { f.unanswered_at_deadline = 1; });
  count([](auto& f) { f.resolved = 1; });
  count([](auto& f) { f.reopened = 1; });
  for (size_t k = 0; k < kCloseReasons; ++k) {
    count([k](auto& f) { f.closed[k] = 1; });
  }
  count([](auto& f) { f.two_way = 1; });
  count([](auto& f) { f.never_answered = 1; });
  count([](auto& f) { f.deflected = 1; });
  for (size_t k = 0; k < kSpeakers; ++k) {
    count([k](auto& f) { f.messages[k] = 1; });
  }
  count([](auto& f) { f.messages_of_closed = 1; });
  count([](auto& f) { f.root_unknown = 1; });
  count([](auto& f) { f.rated = 1; });
  count([](auto& f) { f.rating_sum = 1; });
  count([](auto& f) { f.rated_good = 1; });
  count([](auto& f) { f.first_response_public.record(5); });
  count([](auto& f) { f.first_response_private.record(5); });
  count([](auto& f) { f.first_response_business.record(5); });
  count([](auto& f) { f.resolution.record(5); });
  count([](auto& f) { f.resolution_final.record(5); });
  count([](auto& f) { f.peer_lead.record(5); });
  count([](auto& f) { f.members.add(base::HashKey().hash64("a")); });
  ASSERT_EQ(i, single.size());
  uint64_t seen = 0;
  for (const ConversationFigures& figures : single) {
    const std::string bytes = bytes_of(figures);
    base::ByteReader in(bytes);
    const uint64_t mask = in.varint();
    EXPECT_EQ(mask & (mask - 1), 0U);
    EXPECT_EQ(seen & mask, 0U);
    seen |= mask;
    ConversationFigures back;
    ASSERT_TRUE(decodes(bytes, back));
    EXPECT_EQ(bytes_of(back), bytes);
    EXPECT_FALSE(back.is_empty());
  }
  EXPECT_EQ(seen, (uint64_t{1} << 33) - 1);
}

TEST(ConversationFigures, CutAndChangedBytesAreRefusedOrReadAsWhatTheySay) {
  base::Prng prng(5);
  ConversationFigures figures;
  for (int i = 0; i < 10; ++i) {
    add_random(prng, figures);
  }
  const std::string bytes = bytes_of(figures);
  ConversationFigures back;
  for (size_t cut = 0; cut < bytes.size(); ++cut) {
    EXPECT_FALSE(decodes(std::string_view(bytes).substr(0, cut), back)) << cut;
  }
  for (int i = 0; i < 2'000; ++i) {
    std::string changed = bytes;
    changed[prng.below(changed.size())] = static_cast<char>(prng.below(256));
    if (decodes(changed, back)) {
      ConversationFigures again;
      EXPECT_TRUE(decodes(bytes_of(back), again));
    }
  }
}

TEST(ConversationFigures, ClearForgetsEverything) {
  base::Prng prng(6);
  ConversationFigures figures;
  add_random(prng, figures);
  figures.clear();
  EXPECT_TRUE(figures.is_empty());
  EXPECT_EQ(bytes_of(figures), bytes_of(ConversationFigures{}));
}

}  // namespace
}  // namespace kaiku::aggregate
