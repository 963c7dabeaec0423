// Broker: the Apache Kafka of one test run, driven by deploy/kafka.
//
// Threads: kill and restart may come from a second thread, one at a time.
// Owns:    a broker process on free ports, its data below the build folder.
// Cost:    2 to 5 s to start.
// Fails:   start() says why; tests skip, or fail where a broker is required.
#pragma once

#include <string>

namespace kaiku::kafka::test {

class Broker {
 public:
  // The one of this program; started by its main function.
  static Broker& instance();

  [[nodiscard]] bool start_fresh();
  [[nodiscard]] bool restart();
  void kill();
  void stop();
  // SIGSTOP and SIGCONT: connections stay, nobody answers.
  void freeze();
  void thaw();

  [[nodiscard]] bool running() const { return running_; }

  [[nodiscard]] const std::string& address() const { return address_; }

 private:
  [[nodiscard]] bool script(const std::string& arguments) const;
  void signal(int number) const;

  int port_ = 0;
  bool running_ = false;
  std::string address_;
};

}  // namespace kaiku::kafka::test
