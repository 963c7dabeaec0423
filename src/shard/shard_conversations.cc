// A shard's conversations: what is accepted in an epoch is applied before the epoch is sealed.
#include "kaiku/shard/shard.h"

namespace kaiku::shard {

namespace {

// Where the figures and records of conversations go.
class ConversationOutlet final : public conversation::ConversationSink {
 public:
  ConversationOutlet(const Plan& plan,
                     DeltaTable& deltas,
                     std::vector<log::Append>& outputs,
                     SealedEpoch& sealed)
      : plan_(plan), deltas_(deltas), outputs_(outputs), sealed_(sealed) {}

  void on_delta(const exchange::DeltaKey& key,
                const aggregate::ConversationFigures& figures,
                uint8_t inexact) override {
    aggregate::Aggregate& cell = deltas_.at(key);
    cell.conversations.make().merge(figures);
    cell.inexact |= inexact;
  }

  // Nobody is told who the customer is, so neither comes.
  void on_entry(const model::KeyEntryMessage&) override {}

  void on_question(const model::KeyQuestionMessage&) override {}

  void on_record(const conversation::OutcomeRecord& record) override {
    ++(record.dataset == conversation::Dataset::kOutcome ? sealed_.outcomes : sealed_.alerts);
    outputs_.push_back(conversation_record(plan_, record));
  }

 private:
  const Plan& plan_;
  DeltaTable& deltas_;
  std::vector<log::Append>& outputs_;
  SealedEpoch& sealed_;
};

}  // namespace

void Shard::on_conversation(const model::ConversationMessage& message) {
  if (conversations_ != nullptr && conversation_status_.is_ok()) {
    conversation_status_ = conversations_->accept(message);
  }
}

base::Status Shard::apply_conversations(SealedEpoch& sealed) {
  if (conversations_ == nullptr) {
    return base::Status::ok();
  }
  ConversationOutlet outlet(plan_, deltas_, outputs_, sealed);
  const exchange::Progress& input = progress_[index(model::Level::kOrder)];
  return conversations_->advance(input.effective, input.data, outlet);
}

}  // namespace kaiku::shard
