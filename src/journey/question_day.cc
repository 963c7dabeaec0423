#include "journey/question_day.h"

#include <algorithm>
#include <tuple>

#include "kaiku/base/bytes.h"

namespace kaiku::journey {
namespace {

constexpr uint8_t kLayout = 1;
// Kinds, asker, number, from, to.
constexpr size_t kQuestionBytesMin = 1 + 16 + 1 + 1 + 8 + 8;
constexpr size_t kRowBytes = 16 + 4;

auto order_of(const HeldQuestion& question) {
  return std::tie(question.asker_kind, question.asker, question.kind);
}

bool before(const HeldQuestion& a, const HeldQuestion& b) {
  return order_of(a) < order_of(b);
}

bool earlier(const HeldQuestion& a, const HeldQuestion& b) {
  return a.to != b.to ? a.to < b.to : before(a, b);
}

}  // namespace

QuestionDay::Placed QuestionDay::put(const HeldQuestion& question, size_t most) {
  Placed placed;
  const auto at = std::lower_bound(questions.begin(), questions.end(), question, before);
  if (at != questions.end() && order_of(*at) == order_of(question)) {
    placed.known = at->number >= question.number;
    *at = placed.known ? *at : question;
    return placed;
  }
  questions.insert(at, question);
  if (questions.size() > most) {
    const auto last = std::max_element(questions.begin(), questions.end(), earlier);
    placed.cut = *last;
    questions.erase(last);
  }
  return placed;
}

std::string QuestionDay::encode() const {
  std::string value;
  base::ByteWriter out(value);
  out.u8(kLayout);
  out.varint(questions.size());
  for (const HeldQuestion& question : questions) {
    out.u8(static_cast<uint8_t>(question.asker_kind));
    out.digest(question.asker);
    out.u8(static_cast<uint8_t>(question.kind));
    out.varint(question.number);
    out.i64(question.from);
    out.i64(question.to);
  }
  return value;
}

bool QuestionDay::decode(std::string_view value) {
  base::ByteReader in(value);
  if (in.u8() != kLayout) {
    return false;
  }
  questions.resize(in.count(kQuestionBytesMin));
  for (size_t i = 0; i < questions.size() && !in.failed(); ++i) {
    HeldQuestion& question = questions[i];
    question.asker_kind = in.enumeration(model::AskerKind::kConversation);
    question.asker = in.digest();
    question.kind = in.enumeration(model::EntryKind::kOrder);
    question.number = in.varint();
    question.from = in.i64();
    question.to = in.i64();
    if (!base::is_time(question.from) || !base::is_time(question.to) ||
        (i > 0 && !before(questions[i - 1], question))) {
      return false;
    }
  }
  return !in.failed() && in.at_end();
}

std::string question_row_of(const base::Digest& key, int32_t day) {
  std::string row;
  base::ByteWriter out(row);
  out.digest(key);
  out.u32(static_cast<uint32_t>(day));
  return row;
}

bool parse_question_row(std::string_view row, base::Digest& key, int32_t& day) {
  base::ByteReader in(row);
  key = in.digest();
  day = static_cast<int32_t>(in.u32());
  return !in.failed() && row.size() == kRowBytes;
}

}  // namespace kaiku::journey
