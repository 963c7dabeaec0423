// Listener: what a conversation book tells, kept: sums per cell, the last records, questions.
//
// Threads: confined to its user.
// Owns:    copies of everything.
// Cost:    tests only.
// Fails:   never.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "kaiku/conversation/conversation_book.h"

namespace kaiku::conversation {

class Listener final : public ConversationSink {
 public:
  using Cell = std::tuple<int32_t, model::ItemType, std::string, std::string>;

  struct Entry {
    base::Digest key;
    base::Digest id;
    base::EventTime at = 0;
    std::string brand;
    std::string channel;
  };

  void on_delta(const exchange::DeltaKey& key,
                const aggregate::ConversationFigures& figures,
                uint8_t mask) override {
    cells[{key.minute, key.type, std::string(key.brand), std::string(key.channel)}].merge(figures);
    total.merge(figures);
    inexact |= mask;
    ++deltas;
  }

  void on_entry(const model::KeyEntryMessage& entry) override {
    entries.push_back(
        {entry.key, entry.id, entry.at, std::string(entry.brand), std::string(entry.channel)});
  }

  void on_question(const model::KeyQuestionMessage& question) override {
    questions.push_back(question);
  }

  void on_record(const OutcomeRecord& record) override {
    records.push_back(record);
    if (record.dataset == Dataset::kOutcome) {
      outcomes[record.key] = record.value;
    } else {
      alerts[record.key] = record.value;
    }
  }

  // As the home of a brand with room for all of them makes records of it.
  void on_deadline(const model::DeadlineMessage& message) override {
    if (message.state == model::DeadlineState::kEnded) {
      ++ended;
      return;
    }
    OutcomeRecord record;
    record.dataset = Dataset::kAlert;
    record.kind = message.state == model::DeadlineState::kOpen       ? RecordKind::kOpen
                  : message.state == model::DeadlineState::kResolved ? RecordKind::kResolved
                                                                     : RecordKind::kWithdrawn;
    record.revision = message.revision;
    record.key = message.key;
    record.value = message.value;
    on_record(record);
  }

  void on_fact(const Fact& fact) override {
    ++facts[fact.kind];
    if (fact.kind == Fact::Kind::kResponded) {
      responses.push_back({fact.visibility, fact.waited_us});
    } else if (fact.kind == Fact::Kind::kResolved) {
      resolutions.push_back(fact.waited_us);
    }
  }

  [[nodiscard]] int64_t fact(Fact::Kind kind) const {
    const auto found = facts.find(kind);
    return found == facts.end() ? 0 : found->second;
  }

  // Everything exact, as text: cells that came to nothing are not there.
  [[nodiscard]] std::string exact_text() const {
    std::string text;
    for (const auto& [cell, figures] : cells) {
      if (figures.is_empty()) {
        continue;
      }
      text += std::to_string(std::get<0>(cell)) + " " +
              std::to_string(static_cast<int>(std::get<1>(cell))) + " " + std::get<2>(cell) + " " +
              std::get<3>(cell) + " ";
      base::ByteWriter out(text);
      figures.encode(out);
      text += '\n';
    }
    for (const auto& [key, value] : outcomes) {
      text += key + value + "\n";
    }
    return text;
  }

  std::map<Cell, aggregate::ConversationFigures> cells;
  aggregate::ConversationFigures total;
  std::map<std::string, std::string> outcomes;
  std::map<std::string, std::string> alerts;
  std::vector<OutcomeRecord> records;
  std::vector<model::KeyQuestionMessage> questions;
  std::vector<Entry> entries;
  std::map<Fact::Kind, int64_t> facts;
  std::vector<std::pair<model::Visibility, int64_t>> responses;  // in microseconds, as told
  std::vector<int64_t> resolutions;
  int ended = 0;  // conversations with alerts that are over
  uint8_t inexact = 0;
  size_t deltas = 0;
};

}  // namespace kaiku::conversation
