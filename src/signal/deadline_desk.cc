#include "kaiku/signal/deadline_desk.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "kaiku/base/bytes.h"
#include "kaiku/exchange/edge.h"

#include "signal/alert_row.h"
#include "signal/deadline_row.h"

namespace kaiku::signal {
namespace {

using base::EventTime;
using base::Status;
using model::DeadlineKind;
using model::DeadlineState;
using state::TableId;

// An alert that waits: those of earlier deadlines first.
using Place = std::pair<EventTime, DeadlineName>;

AlertKind alert_kind_of(DeadlineKind kind) {
  return kind == DeadlineKind::kBreach ? AlertKind::kSlaBreach : AlertKind::kSlaRisk;
}

// What cannot be changed any more is graver than what an answer may still put right.
Severity severity_of(DeadlineKind kind) {
  return kind == DeadlineKind::kBreach ? Severity::kCritical : Severity::kWarning;
}

bool has(const DeadlineRow& row, DeadlineState state) {
  return std::any_of(row.news.begin(), row.news.end(), [state](const DeadlineNews& news) {
    return news.state == state;
  });
}

}  // namespace

struct DeadlineDesk::Impl {
  const DeadlineBounds bounds;
  AlertBudget& budget;
  state::Tables& tables;
  std::map<DeadlineName, DeadlineRow> rows;
  std::set<Place> risks;    // to be decided with the next epoch
  std::set<Place> waiting;  // breaches
  std::vector<std::tuple<DeadlineName, DeadlineNews, EventTime, std::string>> accepted;
  std::set<DeadlineName> changed;
  EventTime looked_at = base::kTimeBegin;  // what is kept too long was looked for up to here

  [[nodiscard]] bool is_due(const Place& place, EventTime effective) const {
    return place.first < exchange::decided_by(effective, bounds.lateness_us);
  }

  void await(EventTime deadline, const DeadlineName& name) {
    (name.kind == DeadlineKind::kRisk ? risks : waiting).emplace(deadline, name);
  }

  [[nodiscard]] DigestEntry entry_of(const DeadlineName& name, const DeadlineRow& row) const {
    DigestEntry entry;
    entry.kind = alert_kind_of(name.kind);
    entry.severity = severity_of(name.kind);
    entry.id = row.key;
    entry.may_end = true;
    return entry;
  }

  void forget(std::map<DeadlineName, DeadlineRow>::iterator at) {
    changed.insert(at->first);
    rows.erase(at);
  }

  // A message about an alert that was told, or is named.
  void follow(std::map<DeadlineName, DeadlineRow>::iterator at,
              const DeadlineNews& news,
              const Sink& sink) {
    const auto& [name, row] = *at;
    const bool is_told = row.state == DeadlineRow::State::kTold;
    if (news.state == DeadlineState::kEnded) {
      if (!is_told) {
        budget.release(name.brand, row.hour, entry_of(name, row));
      }
      forget(at);
      return;
    }
    if (is_told) {
      sink(message_of(name, row, news));
    }
    if (news.state == DeadlineState::kWithdrawn) {
      if (!is_told) {
        budget.take_back(name.brand, row.hour, entry_of(name, row));
      }
      forget(at);
    }
  }

  void take(const DeadlineName& name,
            const DeadlineNews& news,
            EventTime deadline,
            const std::string& key,
            const Sink& sink) {
    const auto at = rows.find(name);
    if (at == rows.end()) {
      if (news.state == DeadlineState::kOpen) {
        rows[name] = {DeadlineRow::State::kWaiting, deadline, 0, key, {news}};
        await(deadline, name);
        changed.insert(name);
      }
      return;
    }
    if (at->second.state != DeadlineRow::State::kWaiting) {
      follow(at, news, sink);
      return;
    }
    std::vector<DeadlineNews>& kept = at->second.news;
    if (kept.size() >= kNewsKept) {
      kept.erase(kept.begin() + 1);  // how it opened and what is newest are told
    }
    kept.push_back(news);
    changed.insert(name);
  }

  void decide(const DeadlineName& name, const Sink& sink) {
    const auto at = rows.find(name);
    DeadlineRow& row = at->second;
    const bool is_gone = has(row, DeadlineState::kWithdrawn);
    const bool is_over = is_gone || has(row, DeadlineState::kEnded);
    changed.insert(name);
    if (budget.spend(Budgeted::kDeadlines, name.brand, row.deadline, severity_of(name.kind))) {
      row.state = DeadlineRow::State::kTold;
      for (const DeadlineNews& news : row.news) {
        if (!is_gone && news.state != DeadlineState::kEnded) {
          sink(message_of(name, row, news));
        }
      }
    } else {
      const DeadlineNews& opened = row.news.front();
      const std::string shown = is_gone ? "" : shown_in_digest(name, row.deadline, opened);
      DigestEntry entry = entry_of(name, row);
      entry.channel = opened.channel;
      entry.sla_policy = opened.sla_policy;
      entry.shown = shown;
      entry.may_end = !is_over;
      row.state = DeadlineRow::State::kNamed;
      row.hour = budget.add(name.brand, row.deadline, entry);
    }
    if (is_over || row.hour == AlertBudget::kNotNamed) {
      rows.erase(at);
      return;
    }
    row.news.clear();
  }

  // A conversation that will not say any more that it is over.
  void forget_old(EventTime data) {
    if (data >= base::kTimeEnd || base::floor_div(data, base::kHour) <= looked_at) {
      return;
    }
    looked_at = base::floor_div(data, base::kHour);
    for (auto at = rows.begin(); at != rows.end();) {
      const auto here = at++;
      const auto& [name, row] = *here;
      if (row.state == DeadlineRow::State::kWaiting || row.deadline + bounds.kept_us >= data) {
        continue;
      }
      if (row.state == DeadlineRow::State::kNamed) {
        budget.release(name.brand, row.hour, entry_of(name, row));
      }
      forget(here);
    }
  }

  void write() {
    for (const DeadlineName& name : changed) {
      const auto at = rows.find(name);
      if (at == rows.end()) {
        tables.erase(TableId::kAlerts, row_key(name));
        continue;
      }
      std::string value;
      base::ByteWriter out(value);
      out.u8(kAlertLayout);
      at->second.encode(out);
      tables.put(TableId::kAlerts, row_key(name), std::move(value));
    }
    changed.clear();
  }
};

DeadlineDesk::DeadlineDesk(const DeadlineBounds& bounds, AlertBudget& budget, state::Tables& tables)
    : impl_(std::make_unique<Impl>(Impl{bounds, budget, tables, {}, {}, {}, {}, {}})) {}

DeadlineDesk::~DeadlineDesk() = default;

Status DeadlineDesk::load() {
  return scan_alert_rows(
      impl_->tables,
      [this](AlertRow row, std::string_view brand, base::ByteReader& key, base::ByteReader& value) {
        if (row != AlertRow::kDeadline) {
          return true;
        }
        DeadlineName name;
        DeadlineRow kept;
        if (!read_name(brand, key, name) || !kept.decode(value) || !value.at_end()) {
          return false;
        }
        if (kept.state == DeadlineRow::State::kWaiting) {
          impl_->await(kept.deadline, name);
        }
        impl_->rows.emplace(std::move(name), std::move(kept));
        return true;
      });
}

void DeadlineDesk::accept(const model::DeadlineMessage& message) {
  impl_->accepted.emplace_back(
      name_of(message), news_of(message), message.deadline, std::string(message.key));
}

bool DeadlineDesk::has_work(EventTime effective) const {
  return !impl_->accepted.empty() || !impl_->risks.empty() ||
         (!impl_->waiting.empty() && impl_->is_due(*impl_->waiting.begin(), effective));
}

void DeadlineDesk::seal(EventTime effective, EventTime data, const Sink& sink) {
  Impl& my = *impl_;
  for (auto& [name, news, deadline, key] : my.accepted) {
    my.take(name, news, deadline, key, sink);
    if (news.state == DeadlineState::kEnded) {
      name.kind = name.kind == DeadlineKind::kRisk ? DeadlineKind::kBreach : DeadlineKind::kRisk;
      my.take(name, news, deadline, key, sink);
    }
  }
  my.accepted.clear();
  for (const Place& risk : my.risks) {
    my.decide(risk.second, sink);
  }
  my.risks.clear();
  while (!my.waiting.empty() && my.is_due(*my.waiting.begin(), effective)) {
    my.decide(my.waiting.begin()->second, sink);
    my.waiting.erase(my.waiting.begin());
  }
  my.forget_old(data);
  my.write();
}

size_t DeadlineDesk::size() const {
  return impl_->rows.size();
}

size_t DeadlineDesk::memory_bytes() const {
  constexpr size_t kPerRow = 512;
  constexpr size_t kPerMessage = 1024;
  return impl_->rows.size() * kPerRow +
         (impl_->waiting.size() + impl_->accepted.size()) * kPerMessage;
}

}  // namespace kaiku::signal
