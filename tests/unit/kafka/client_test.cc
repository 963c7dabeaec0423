#include "kafka/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kaiku/base/event_time.h"
#include "kaiku/kafka/kafka_log.h"

namespace kaiku::kafka {
namespace {

using testing::HasSubstr;
using testing::Not;

ClientSettings settings_with(Properties common) {
  return {.kind = ClientKind::kConsumer,
          .defaults = consumer_defaults(),
          .common = std::move(common),
          .specific = {},
          .identities = {{"group.id", "ours"}}};
}

std::string setting(rd_kafka_t* client, const char* name) {
  char text[128] = {};
  size_t size = sizeof(text);
  EXPECT_EQ(rd_kafka_conf_get(rd_kafka_conf(client), name, text, &size), RD_KAFKA_CONF_OK);
  return text;
}

TEST(KafkaClient, UserPropertiesWinOverDefaultsAndIdentitiesOverBoth) {
  ClientHooks hooks("test", nullptr);
  const auto client = open_client(settings_with({{"bootstrap.servers", "127.0.0.1:1"},
                                                 {"session.timeout.ms", "12345"},
                                                 {"group.id", "theirs"},
                                                 {"group.instance.id", "theirs"}}),
                                  hooks);
  ASSERT_TRUE(client) << client.error().message();
  EXPECT_EQ(setting(client.value().get(), "session.timeout.ms"), "12345");
  EXPECT_EQ(setting(client.value().get(), "heartbeat.interval.ms"), "1000");
  EXPECT_EQ(setting(client.value().get(), "group.id"), "ours");
}

TEST(KafkaClient, TheSessionTimeoutIsTheUsersOrOurs) {
  EXPECT_EQ(session_timeout_us({}, {}), 45 * base::kSecond);
  EXPECT_EQ(session_timeout_us({{"session.timeout.ms", "9000"}}, {}), 9 * base::kSecond);
  EXPECT_EQ(session_timeout_us({{"session.timeout.ms", "9000"}}, {{"session.timeout.ms", "6000"}}),
            6 * base::kSecond);
}

TEST(KafkaClient, UnknownPropertyAndBadValueAreNamed) {
  ClientHooks hooks("test", nullptr);
  const auto unknown = open_client(settings_with({{"no.such.thing", "1"}}), hooks);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().exit_code(), base::Exit::kConfig);
  EXPECT_THAT(unknown.error().message(), HasSubstr("no.such.thing"));
  const auto bad = open_client(settings_with({{"session.timeout.ms", "soon"}}), hooks);
  ASSERT_FALSE(bad);
  EXPECT_THAT(bad.error().message(), HasSubstr("session.timeout.ms"));
}

TEST(KafkaClient, SecretsAreNeverRepeated) {
  ClientHooks hooks("test", nullptr);
  const auto client = open_client(
      settings_with({{"sasl.password", "open-sesame"}, {"security.protocol", "no-such-protocol"}}),
      hooks);
  ASSERT_FALSE(client);
  EXPECT_THAT(client.error().message(), Not(HasSubstr("open-sesame")));
  EXPECT_EQ(hooks.redacted("login open-sesame, open-sesame!"), "login ***, ***!");
  hooks.on_log(3, "FAIL", "cannot log in with open-sesame");
  EXPECT_EQ(hooks.last_complaint(), "cannot log in with ***");
}

TEST(KafkaClient, OnlyComplaintsAreRemembered) {
  ClientHooks hooks("test", nullptr);
  hooks.on_log(4, "X", "first");
  hooks.on_log(6, "X", "all is well");
  EXPECT_EQ(hooks.last_complaint(), "first");
}

TEST(KafkaClient, BrokenConnectionsAreCounted) {
  const auto stats = std::make_shared<Stats>();
  ClientHooks hooks("test", stats);
  hooks.on_error(nullptr, RD_KAFKA_RESP_ERR__TRANSPORT, "gone");
  hooks.on_error(nullptr, RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, "all gone");
  EXPECT_EQ(stats->reconnects, 1U);
  EXPECT_EQ(hooks.disconnects(), 1U);
  EXPECT_EQ(hooks.last_complaint(), "all gone");
}

}  // namespace
}  // namespace kaiku::kafka
