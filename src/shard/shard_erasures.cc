// A shard's part in forgetting a subject: each stage is brought to the time of the request,
// forgets, and goes on.
#include "kaiku/shard/shard.h"

#include "shard/erasure_stage.h"
#include "shard/journey_stage.h"

namespace kaiku::shard {

using base::Status;
using model::Level;

void Shard::on_erasure(const model::ErasureMessage& message) {
  if (erasures_ != nullptr) {
    erasures_->accept(message);
  }
}

void Shard::on_erased(const model::ErasureDoneMessage& message) {
  if (erasures_ != nullptr) {
    erasures_->collect(message);
  }
}

// Of a direct source: its own shard hears of it over the exchange too, so that all are alike.
void Shard::on_erasure_request(const model::ErasureMessage& request) {
  for (exchange::EdgeWriter& writer : writers_) {
    writer.add_erasure(request);
  }
}

// Without journeys there are no such levels: what orders have decided is decided.
const exchange::Progress& Shard::journey_progress(Level level) const {
  return progress_[index(journeys_ != nullptr ? level : Level::kOrder)];
}

base::EventTime Shard::decided(const exchange::Progress& progress) const {
  return exchange::decided_by(progress.effective, plan_.time.lateness_us);
}

bool Shard::has_due_erasure() const {
  return erasures_ != nullptr && erasures_->is_due(decided(progress_[index(Level::kOrder)]),
                                                   decided(journey_progress(Level::kKey)),
                                                   decided(journey_progress(Level::kVerdict)),
                                                   decided(board_input_));
}

Status Shard::forget_at_keys() {
  const exchange::Progress& progress = journey_progress(Level::kKey);
  for (ErasureStage::Waiting* waiting : erasures_->due(ErasureStage::kKeys, decided(progress))) {
    if (journeys_ != nullptr) {
      const model::ErasureMessage& request = waiting->request;
      const exchange::Progress until{request.at + plan_.time.lateness_us, progress.data};
      if (Status status = journeys_->advance(until); !status.is_ok()) {
        return status;
      }
      if (Status status = journeys_->forget_at_keys(request, waiting->counts); !status.is_ok()) {
        return status;
      }
    }
    erasures_->did(*waiting, ErasureStage::kKeys);
  }
  return Status::ok();
}

Status Shard::forget_at_orders() {
  const base::EventTime through = decided(journey_progress(Level::kVerdict));
  for (ErasureStage::Waiting* waiting : erasures_->due(ErasureStage::kOrders, through)) {
    if (Status status = orders_.forget(waiting->request, waiting->counts); !status.is_ok()) {
      return status;
    }
    if (journeys_ != nullptr) {
      if (Status status = journeys_->forget_at_orders(waiting->request, waiting->counts);
          !status.is_ok()) {
        return status;
      }
    }
    erasures_->did(*waiting, ErasureStage::kOrders);
  }
  return Status::ok();
}

Status Shard::apply_keys() {
  if (erasures_ != nullptr) {
    if (Status status = forget_at_keys(); !status.is_ok()) {
      return status;
    }
    if (Status status = forget_at_orders(); !status.is_ok()) {
      return status;
    }
  }
  return journeys_ != nullptr ? journeys_->advance(journey_progress(Level::kKey)) : Status::ok();
}

void Shard::finish_erasures(SealedEpoch& sealed) {
  if (erasures_ == nullptr) {
    return;
  }
  // What conversations withdrew is here by then, and is told in this epoch.
  for (ErasureStage::Waiting* waiting :
       erasures_->due(ErasureStage::kBoard, decided(board_input_))) {
    if (signals_ != nullptr && waiting->request.has_author) {
      signals_->forget(waiting->request.author);
    }
    erasures_->did(*waiting, ErasureStage::kBoard);
  }
  erasures_->finish(progress_[index(Level::kItems)].data);
  const ErasureStage::Receipts receipts = erasures_->take_receipts(outputs_);
  sealed.erasures = {receipts.purged, receipts.nothing_found, receipts.refused};
}

}  // namespace kaiku::shard
