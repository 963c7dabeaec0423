// The end of an epoch where nothing may leave that is about few people (BoardPlan::min_cell): the
// cells of a brand in a window are one table, told as a whole or not at all.
#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "board/seal.h"
#include "board/small_cells.h"

namespace kaiku::board {

using base::Status;

namespace {

// Of other kinds of people: customers of orders here, authors there. Their totals never mix.
bool is_business(const Cell& cell) {
  return cell.key.type == model::ItemType::kBusinessEvent;
}

uint32_t people_of(const Cell& cell) {
  return static_cast<uint32_t>(cell.figures.authors.at_least());
}

bool was_told(const Cell& cell) {
  return cell.stage != Stage::kNone;
}

// Decides for the cells of one kind which are withheld.
void judge(const std::vector<Cell*>& cells, bool business, uint32_t least, bool is_first) {
  std::vector<Cell*> chosen;
  std::vector<TableCell> table;
  for (Cell* cell : cells) {
    if (is_business(*cell) == business) {
      chosen.push_back(cell);
      table.push_back({static_cast<uint32_t>(cell->key.type),
                       people_of(*cell),
                       cell->is_withheld,
                       cell->is_row_withheld,
                       cell->is_table_withheld});
    }
  }
  withhold_small(table, least, is_first);
  for (size_t i = 0; i < chosen.size(); ++i) {
    chosen[i]->is_withheld = table[i].is_withheld;
    chosen[i]->is_row_withheld = table[i].is_row_withheld;
    chosen[i]->is_table_withheld = table[i].is_table_withheld;
  }
}

}  // namespace

void Seal::hold(WindowState& window, Cell& cell) {
  cell.is_held = true;
  touch(cell);
  held_.push_back({&window, cell.bucket, cell.key.brand});
}

Status Seal::tell_tables() {
  const auto place = [this](const Table& table) {
    return std::tuple(table.window->index(), table.bucket->start, board_.brands.at(table.brand));
  };
  std::sort(held_.begin(), held_.end(), [&](const Table& a, const Table& b) {
    return place(a) < place(b);
  });
  held_.erase(std::unique(held_.begin(),
                          held_.end(),
                          [&](const Table& a, const Table& b) { return place(a) == place(b); }),
              held_.end());
  for (const Table& table : held_) {
    if (Status status = tell_table(table); !status.is_ok()) {
      return status;
    }
  }
  return Status::ok();
}

base::Result<std::vector<Cell*>> Seal::cells_of(const Table& table) {
  std::vector<Cell*> cells;
  const auto keys = table.bucket->keys_of(table.brand);
  for (const CellKey& key : std::vector<CellKey>(keys.begin(), keys.end())) {
    const auto found = board_.find_cell(*table.window, key);
    if (!found) {
      return found.error();
    }
    if (Cell* cell = *found; cell != nullptr && (was_told(*cell) || !cell->figures.is_empty())) {
      cells.push_back(cell);
    }
  }
  std::sort(cells.begin(), cells.end(), [this](const Cell* a, const Cell* b) {
    return std::tie(board_.channels.at(a->key.channel), a->key.type) <
           std::tie(board_.channels.at(b->key.channel), b->key.type);
  });
  return cells;
}

// A difference between two tellings is about enough people, in every cell.
bool Seal::may_be_told(const std::vector<Cell*>& cells) const {
  return std::all_of(cells.begin(), cells.end(), [this](const Cell* cell) {
    return !cell->is_held || people_of(*cell) >= cell->told_people + board_.plan->min_cell;
  });
}

Status Seal::tell_table(const Table& table) {
  if (exchange::is_aside(board_.brands.at(table.brand))) {
    return Status::ok();  // of a plan before this one
  }
  const auto found = cells_of(table);
  if (!found) {
    return found.error();
  }
  const std::vector<Cell*>& cells = *found;
  const bool is_first =
      std::none_of(cells.begin(), cells.end(), [](const Cell* cell) { return was_told(*cell); });
  if (!is_first && !may_be_told(cells)) {
    return Status::ok();
  }
  for (const bool business : {false, true}) {
    judge(cells, business, board_.plan->min_cell, is_first);
  }
  tell_cells(table, cells);
  told_.push_back(table);
  return Status::ok();
}

void Seal::tell_cells(const Table& table, const std::vector<Cell*>& cells) {
  for (Cell* cell : cells) {
    touch(*cell);
    if (!cell->is_held) {
      continue;
    }
    const bool is_news = !was_told(*cell);
    cell->is_held = false;
    cell->told_people = people_of(*cell);
    if (cell->is_withheld && !is_news) {
      continue;  // it says so already
    }
    cell->stage = is_news ? Stage::kFinal : Stage::kRevision;
    cell->revision = is_news ? 0 : cell->revision + 1;
    publications_.push_back({table.window,
                             table.bucket,
                             cell->key,
                             is_news ? Kind::kFinal : Kind::kRevision,
                             cell->revision,
                             &cell->figures,
                             cell->is_withheld});
  }
}

base::Result<bool> Seal::has_withheld(const Table& table,
                                      const KpiHead& head,
                                      const KpiDraft& draft,
                                      bool& is_first) const {
  CellRow row{table.window->spec().name(), table.bucket->start, head.brand, draft.channel, 0};
  row.type = static_cast<uint8_t>(kKpiRow | static_cast<uint8_t>(draft.kpi));
  const auto stored = board_.tables.get(state::TableId::kCells, cell_row_key(row));
  if (!stored) {
    return stored.error();
  }
  KpiState state;
  if (!stored->has_value()) {
    return false;
  }
  if (!decode_kpi_state(**stored, state)) {
    return Status(base::Next::kRestore, "board: the state of a KPI record does not decode");
  }
  is_first = false;
  const std::string back = withheld_back(draft.kpi, board_.plan->min_cell);
  return state.content == base::HashKey().digest({draft.front, back});
}

// One KPI over the channels of a brand, the total last where there is one: a table with one row,
// whose cells are about draft.n.
void Seal::withhold_family(const std::vector<KpiDraft*>& family,
                           const std::vector<bool>& was_withheld,
                           bool is_first) const {
  const uint32_t least = board_.plan->min_cell;
  std::vector<KpiDraft*> members;
  std::vector<TableCell> cells;
  KpiDraft* total = nullptr;
  bool is_total_withheld = false;
  for (size_t i = 0; i < family.size(); ++i) {
    if (family[i]->channel == kAllChannels) {
      total = family[i];
      is_total_withheld = was_withheld[i] || (total->n > 0 && total->n < least);
    } else if (family[i]->n > 0) {
      members.push_back(family[i]);
      cells.push_back({0, static_cast<uint64_t>(family[i]->n), was_withheld[i], false, false});
    }
  }
  withhold_small(cells, least, is_first);
  const auto withhold = [&](KpiDraft& draft) { draft.back = withheld_back(draft.kpi, least); };
  for (size_t i = 0; i < members.size(); ++i) {
    if (cells[i].is_withheld) {
      withhold(*members[i]);
    }
    is_total_withheld = is_total_withheld || cells[i].is_row_withheld;
  }
  if (total != nullptr && is_total_withheld) {
    withhold(*total);
  }
}

Status Seal::withhold_kpis(const Table& table, std::vector<HeadedDraft>& drafts) {
  if (drafts.empty()) {
    return Status::ok();
  }
  const KpiHead& head = drafts.front().head;  // all are of one brand
  const auto cells = cells_of(table);
  if (!cells) {
    return cells.error();
  }
  std::vector<std::string_view> channels;  // with cells that are withheld
  bool has_totals = true;
  bool has_row_totals = true;
  for (const Cell* cell : *cells) {
    if (cell->is_withheld) {
      channels.emplace_back(board_.channels.at(cell->key.channel));
    }
    has_totals = has_totals && !cell->is_table_withheld;
    has_row_totals = has_row_totals && !cell->is_row_withheld;
  }
  std::map<Kpi, std::vector<KpiDraft*>> families;
  for (HeadedDraft& each : drafts) {
    if (each.draft.kpi != Kpi::kAdSpend) {  // the brand's own money, nobody else's
      families[each.draft.kpi].push_back(&each.draft);
    }
  }
  for (const auto& [kpi, family] : families) {
    std::vector<bool> withheld;
    bool is_first = true;
    for (const KpiDraft* draft : family) {
      const auto before = has_withheld(table, head, *draft, is_first);
      if (!before) {
        return before.error();
      }
      const bool in_channel =
          std::find(channels.begin(), channels.end(), draft->channel) != channels.end();
      withheld.push_back(*before || in_channel || (names_total(kpi) && !has_row_totals) ||
                         (draft->channel == kAllChannels && !has_totals));
    }
    if (made_of(kpi).empty()) {
      withhold_family(family, withheld, is_first);
    }
    for (size_t i = 0; i < family.size(); ++i) {
      if (withheld[i]) {
        family[i]->back = withheld_back(kpi, board_.plan->min_cell);
      }
    }
  }
  withhold_made(drafts);
  return Status::ok();
}

// What can be computed from others is withheld where one of them is: from it and the rest the one
// could be computed.
void Seal::withhold_made(std::vector<HeadedDraft>& drafts) const {
  const uint32_t least = board_.plan->min_cell;
  for (HeadedDraft& headed : drafts) {
    KpiDraft& draft = headed.draft;
    for (const Kpi part : made_of(draft.kpi)) {
      const bool is_withheld =
          std::any_of(drafts.begin(), drafts.end(), [&](const HeadedDraft& each) {
            return each.draft.kpi == part && each.draft.channel == draft.channel &&
                   each.draft.back == withheld_back(part, least);
          });
      if (is_withheld) {
        draft.back = withheld_back(draft.kpi, least);
      }
    }
  }
}

}  // namespace kaiku::board
