// Statuses: posts in the form of X's API v1.1, with the parts that nobody reads: some 2,200 bytes
// each.
//
// Threads: made once; any afterwards.
// Owns:    the records.
// Cost:    some milliseconds at the first call.
// Fails:   never.
#pragma once

#include <string>
#include <vector>

#include "kaiku/base/prng.h"

namespace kaiku::bench {

inline std::string status(base::Prng& prng) {
  const std::string id = std::to_string(1'200'000'000'000'000'000 + prng.below(1ULL << 58));
  const std::string user = std::to_string(100'000 + prng.below(1'000'000'000));
  const auto count = [&prng] { return std::to_string(prng.below(5'000)); };
  const std::string empty_colours =
      R"("profile_background_color":"C0DEED","profile_link_color":"0084B4",)"
      R"("profile_sidebar_fill_color":"DDEEF6","profile_text_color":"333333",)"
      R"("profile_image_url_https":"https://img.example/profile_images/1/normal.jpeg",)";
  return R"({"created_at":"Mon Mar 02 10:)" + std::to_string(10 + prng.below(50)) +
         R"(:07 +0000 2026","id":)" + id + R"(,"id_str":")" + id +
         R"(","text":"Kirkas maistuu järvellä \ud83c\udf1e ja saunassa, kiitos @kirkasdrinks )" +
         R"(#kirkashetki https://x.example/a1b2c3 &amp; hyvää kesää kaikille teille",)"
         R"("source":"<a href=\"https://app.example\" rel=\"nofollow\">App for phones</a>",)"
         R"("truncated":false,"in_reply_to_status_id":null,"in_reply_to_status_id_str":null,)"
         R"("in_reply_to_user_id":null,"in_reply_to_user_id_str":null,"user":{"id":)" +
         user + R"(,"id_str":")" + user + R"(","name":"Maija ☀️","screen_name":"maija_)" +
         user +
         R"(","location":"Tampere","description":"Sauna, järvi, kahvi. Töissä kirjastossa.",)"
         R"("url":null,"entities":{"description":{"urls":[]}},"protected":false,)"
         R"("followers_count":)" +
         count() + R"(,"friends_count":)" + count() + R"(,"listed_count":)" + count() +
         R"(,"created_at":"Fri May 06 07:11:09 +0000 2011","favourites_count":)" + count() +
         R"(,"utc_offset":7200,"time_zone":"Helsinki","geo_enabled":true,"verified":false,)"
         R"("statuses_count":)" +
         count() + R"(,"lang":"fi","contributors_enabled":false,)" + empty_colours +
         R"("default_profile":true,"following":false,"notifications":false},"geo":null,)"
         R"("coordinates":null,"place":null,"contributors":null,"retweet_count":)" +
         count() + R"(,"favorite_count":)" + count() +
         R"(,"entities":{"hashtags":[{"text":"kirkashetki","indices":[61,73]}],"symbols":[],)"
         R"("urls":[{"url":"https://x.example/a1b2c3","expanded_url":)"
         R"("https://news.example/2026/03/02/uutinen","display_url":"news.example/2026…",)"
         R"("indices":[74,97]}],"user_mentions":[{"screen_name":"kirkasdrinks","name":"Kirkas",)"
         R"("id":903487807,"id_str":"903487807","indices":[47,60]}]},"favorited":false,)"
         R"("retweeted":false,"possibly_sensitive":false,"filter_level":"low","lang":"fi"})";
}

inline const std::vector<std::string>& statuses() {
  static const std::vector<std::string> all = [] {
    base::Prng prng(7);
    std::vector<std::string> made;
    for (int i = 0; i < 2'000; ++i) {
      made.push_back(status(prng));
    }
    return made;
  }();
  return all;
}

}  // namespace kaiku::bench
