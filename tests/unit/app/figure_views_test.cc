// Which KPI records of the boards a snapshot shows, and in which order.
#include "app/figure_views.h"

#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kaiku::app {
namespace {

using base::kHour;
using testing::ElementsAre;
using Views = std::vector<std::shared_ptr<const runtime::WorkerView>>;

struct Told {
  const char* kpi = "";
  const char* brand = "";
  const char* subject = "";
};

board::KpiSetPtr set_of(base::EventTime hour, const std::vector<Told>& figures) {
  auto set = std::make_shared<board::KpiSet>();
  set->window = "hour";
  set->window_start = hour;
  set->window_end = hour + kHour;
  for (const Told& told : figures) {
    set->figures.push_back(
        {told.kpi, "impact", "none", told.brand, "_all", told.subject, R"({"value":1})"});
  }
  return set;
}

board::KpiSetPtr omitted_of(base::EventTime hour, const char* brand, size_t omitted) {
  auto set = std::make_shared<board::KpiSet>(*set_of(hour, {}));
  set->brand = brand;
  set->omitted = omitted;
  return set;
}

Views views_of(const std::vector<std::vector<board::KpiSetPtr>>& workers) {
  Views views;
  for (const auto& kpis : workers) {
    auto view = std::make_shared<runtime::WorkerView>();
    view->kpis = kpis;
    views.push_back(std::move(view));
  }
  return views;
}

std::vector<std::string> shown(FigureViews& figures, const Views& views) {
  serve::Snapshot snapshot;
  figures.add(views, snapshot);
  std::vector<std::string> texts;
  for (const auto& set : snapshot.figures) {
    std::string text = std::to_string(set->window_start / kHour) + set->brand;
    for (const serve::FigureView& figure : set->figures) {
      text += " " + figure.brand + "/" + figure.kpi + figure.subject;
    }
    texts.push_back(text + (set->omitted == 0 ? "" : " and " + std::to_string(set->omitted)));
  }
  return texts;
}

TEST(FigureViews, SetsOfABrandAreInTheOrderOfTheirFiguresWhereverTheyLie) {
  const auto own = set_of(kHour, {{"booked_revenue", "kirkas", ""}, {"refunds", "kirkas", ""}});
  const auto market = set_of(kHour, {{"share_of_voice", "kirkas", ""}});
  const auto topic = set_of(kHour, {{"share_of_voice", "kirkas", "water"}});
  const auto rival = set_of(kHour, {{"booked_revenue", "rival", ""}});
  FigureViews figures;
  const auto wanted = ElementsAre("1 kirkas/booked_revenue kirkas/refunds",
                                  "1 kirkas/share_of_voice",
                                  "1 kirkas/share_of_voicewater",
                                  "1 rival/booked_revenue");
  EXPECT_THAT(shown(figures, views_of({{own, market, topic}, {rival}})), wanted);
  // Copies that lie elsewhere, in another order.
  std::vector<board::KpiSetPtr> copies;
  for (const auto& set : {topic, rival, market, own}) {
    copies.push_back(std::make_shared<const board::KpiSet>(*set));
  }
  EXPECT_THAT(shown(figures, views_of({copies})), wanted);
}

TEST(FigureViews, ASetOlderThanTheWindowBeforeTheLastIsNotShown) {
  FigureViews figures;
  const auto silent = set_of(kHour, {{"refunds", "kirkas", ""}});
  const auto slow = set_of(2 * kHour, {{"refunds", "lumi", ""}});
  EXPECT_THAT(shown(figures, views_of({{silent}, {slow}})),
              ElementsAre("1 kirkas/refunds", "2 lumi/refunds"));
  const auto last = set_of(3 * kHour, {{"refunds", "tuuli", ""}});
  EXPECT_THAT(shown(figures, views_of({{silent}, {slow, last}})),
              ElementsAre("2 lumi/refunds", "3 tuuli/refunds"));
}

TEST(FigureViews, AFigureShowsItsInterval) {
  const auto with = std::make_shared<board::KpiSet>(*set_of(kHour, {{"a", "kirkas", ""}}));
  with->figures[0].body = R"({"value":0.4,"unit":"ratio","lo95":0.1,"hi95":0.7})";
  serve::Snapshot snapshot;
  FigureViews().add(views_of({{with}}), snapshot);
  const serve::FigureView& view = snapshot.figures.at(0)->figures.at(0);
  EXPECT_EQ(view.value, 0.4);
  EXPECT_EQ(view.lower, 0.1);
  EXPECT_EQ(view.upper, 0.7);
}

TEST(FigureViews, WhatABoardHadNoRoomForIsSaid) {
  FigureViews figures;
  EXPECT_THAT(shown(figures,
                    views_of({{omitted_of(kHour, "lumi", 30'000),
                               set_of(kHour, {{"refunds", "kirkas", ""}})}})),
              ElementsAre("1 kirkas/refunds", "1lumi and 30000"));
}

}  // namespace
}  // namespace kaiku::app
