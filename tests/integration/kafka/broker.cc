#include "broker.h"

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace kaiku::kafka::test {
namespace {

const char* const kFolder = KAIKU_BINARY_DIR "/kafka-broker";

bool is_free(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  const int yes = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  const bool bound = bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  close(fd);
  return bound;
}

// Broker and controller take two neighbours, below the ephemeral range: there a client that keeps
// connecting to a broker that is away can end up connected to itself.
int free_pair() {
  for (int i = 0; i < 1'000; ++i) {
    const int port = 20'000 + 2 * ((getpid() + i) % 5'000);
    if (is_free(port) && is_free(port + 1)) {
      return port;
    }
  }
  return 0;
}

}  // namespace

Broker& Broker::instance() {
  static Broker broker;
  return broker;
}

bool Broker::script(const std::string& arguments) const {
  const std::string line =
      std::string("KAIKU_KAFKA_HEAP=256m KAIKU_KAFKA_SESSION_MS=4000 KAIKU_KAFKA_DIR='") + kFolder +
      "' KAIKU_KAFKA_PORT=" + std::to_string(port_) + " '" KAIKU_SOURCE_DIR "/deploy/kafka' " +
      arguments + " >'" + kFolder + ".log' 2>&1 </dev/null";
  const int result = std::system(line.c_str());
  if (result != 0) {
    std::ifstream log(std::string(kFolder) + ".log");
    std::cerr << "deploy/kafka " << arguments << " failed:\n" << log.rdbuf() << std::flush;
  }
  return result == 0;
}

bool Broker::start_fresh() {
  port_ = free_pair();
  address_ = "127.0.0.1:" + std::to_string(port_);
  running_ = port_ != 0 && script("start --fresh");
  return running_;
}

bool Broker::restart() {
  running_ = script("start");
  return running_;
}

void Broker::kill() {
  (void)script("kill");
}

void Broker::stop() {
  (void)script("wipe");
  running_ = false;
}

void Broker::signal(int number) const {
  std::ifstream file(std::string(kFolder) + "/pid");
  pid_t pid = 0;
  if (file >> pid && pid > 1) {
    ::kill(pid, number);
  }
}

void Broker::freeze() {
  signal(SIGSTOP);
}

void Broker::thaw() {
  signal(SIGCONT);
}

}  // namespace kaiku::kafka::test
