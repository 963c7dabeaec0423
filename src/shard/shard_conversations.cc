// A shard's conversations, and what customers' keys and orders say to each other: what is accepted
// in an epoch is applied before the epoch is sealed.
#include "kaiku/shard/router.h"
#include "kaiku/shard/shard.h"

#include "shard/erasure_stage.h"
#include "shard/journey_stage.h"

namespace kaiku::shard {

namespace {

// Where the figures and records of conversations go.
class ConversationOutlet final : public conversation::ConversationSink {
 public:
  ConversationOutlet(const Plan& plan,
                     DeltaTable& deltas,
                     std::vector<log::Append>& outputs,
                     std::vector<exchange::EdgeWriter>& writers,
                     JourneyStage* journeys,
                     SealedEpoch& sealed)
      : plan_(plan),
        deltas_(deltas),
        outputs_(outputs),
        writers_(writers),
        journeys_(journeys),
        sealed_(sealed) {}

  void on_delta(const exchange::DeltaKey& key,
                const aggregate::ConversationFigures& figures,
                uint8_t inexact) override {
    aggregate::Aggregate& cell = deltas_.at(key);
    cell.conversations.make().merge(figures);
    cell.inexact |= inexact;
  }

  // A plan without journeys tells nobody who the customer is, so neither comes.
  void on_entry(const model::KeyEntryMessage& entry) override {
    if (journeys_ != nullptr) {
      journeys_->send(entry);
    }
  }

  void on_question(const model::KeyQuestionMessage& question) override {
    if (journeys_ != nullptr) {
      journeys_->send(question);
    }
  }

  void on_record(const conversation::OutcomeRecord& record) override {
    ++sealed_.outcomes;
    outputs_.push_back(conversation_record(plan_, record));
  }

  // What is too much for a brand is known at its home only.
  void on_deadline(const model::DeadlineMessage& message) override {
    writers_[shard_of_brand(plan_.key, message.brand, plan_.shards)].add_deadline(message);
  }

  void on_fact(const conversation::Fact& fact) override { deltas_.activity().count(fact); }

 private:
  const Plan& plan_;
  DeltaTable& deltas_;
  std::vector<log::Append>& outputs_;
  std::vector<exchange::EdgeWriter>& writers_;
  JourneyStage* journeys_;  // null: none is followed
  SealedEpoch& sealed_;
};

// What failed first is told.
void keep_first(base::Status& status, base::Status next) {
  if (status.is_ok()) {
    status = std::move(next);
  }
}

}  // namespace

// Where messages go whose thread is known, and what is asked about the others.
class Shard::ThreadOutlet final : public conversation::ThreadSink {
 public:
  explicit ThreadOutlet(Shard& shard) : shard_(shard) {}

  void on_said(const model::ConversationMessage& message) override {
    if (shard_.conversation_status_.is_ok()) {
      shard_.conversation_status_ = shard_.conversations_->accept(message);
    }
  }

  void on_found(const model::ConversationMessage& message) override {
    writer_of(message.conversation).add_conversation(message);
  }

  void on_question(const model::ParentQuestionMessage& question) override {
    writer_of(question.of).add_parent_question(question);
  }

  void on_answer(const model::ParentAnswerMessage& answer) override {
    writer_of(answer.asker).add_parent_answer(answer);
  }

 private:
  exchange::EdgeWriter& writer_of(const base::Digest& of) {
    return shard_.writers_[shard_of(of, shard_.plan_.shards)];
  }

  Shard& shard_;
};

void Shard::on_conversation(const model::ConversationMessage& message) {
  if (conversations_ != nullptr && conversation_status_.is_ok()) {
    ThreadOutlet outlet(*this);
    keep_first(conversation_status_, threads_->accept(message, outlet));
  }
}

void Shard::on_parent_question(const model::ParentQuestionMessage& message) {
  if (conversations_ != nullptr && conversation_status_.is_ok()) {
    ThreadOutlet outlet(*this);
    keep_first(conversation_status_, threads_->ask(message, outlet));
  }
}

void Shard::on_parent_answer(const model::ParentAnswerMessage& message) {
  if (conversations_ != nullptr && conversation_status_.is_ok()) {
    ThreadOutlet outlet(*this);
    keep_first(conversation_status_, threads_->answer(message, outlet));
  }
}

base::Status Shard::find_threads() {
  if (conversations_ == nullptr) {
    return base::Status::ok();
  }
  // Items are kept for as long as a reply is looked for anywhere that may lead to them.
  const base::EventTime past = minimum(model::Level::kOrder).data;
  ThreadOutlet outlet(*this);
  return threads_->advance(minimum(model::Level::kThread).effective, past, outlet);
}

void Shard::on_entry(const model::KeyEntryMessage& message) {
  if (journeys_ != nullptr) {
    journeys_->accept(message);
  }
}

void Shard::on_opening(const model::OpeningMessage& message) {
  if (journeys_ != nullptr) {
    journeys_->accept(message);
  }
}

void Shard::on_question(const model::KeyQuestionMessage& message) {
  if (journeys_ != nullptr) {
    journeys_->ask(message);
  }
}

void Shard::on_answer(const model::KeyAnswerMessage& message) {
  if (message.asker_kind == model::AskerKind::kOrder) {
    if (journeys_ != nullptr) {
      journeys_->answer(message);
    }
  } else if (conversations_ != nullptr && conversation_status_.is_ok()) {
    conversation_status_ = conversations_->answer(message);
  }
}

base::Status Shard::apply_conversations(SealedEpoch& sealed) {
  const exchange::Progress& input = progress_[index(model::Level::kOrder)];
  ConversationOutlet outlet(plan_, deltas_, outputs_, writers_, journeys_.get(), sealed);
  if (erasures_ != nullptr) {
    for (ErasureStage::Waiting* waiting :
         erasures_->due(ErasureStage::kConversations, decided(input))) {
      if (conversations_ != nullptr) {
        const base::EventTime until = waiting->request.at + plan_.time.lateness_us;
        if (base::Status status = conversations_->advance(until, input.data, outlet);
            !status.is_ok()) {
          return status;
        }
        if (base::Status status = conversations_->forget(waiting->request, outlet, waiting->counts);
            !status.is_ok()) {
          return status;
        }
      }
      erasures_->did(*waiting, ErasureStage::kConversations);
    }
  }
  if (conversations_ == nullptr) {
    return base::Status::ok();
  }
  return conversations_->advance(input.effective, input.data, outlet);
}

}  // namespace kaiku::shard
