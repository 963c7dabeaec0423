// Runs a fuzz target without libFuzzer: every seed, its prefixes, and seeded mutations of them. The
// same arguments give the same inputs; an input that ends the program is written to a file.
//
//   kaiku_fuzz_edge --runs 20000 --first 1   mutations of seed number 1
//   kaiku_fuzz_edge --write-seeds FOLDER     a corpus for libFuzzer
//   kaiku_fuzz_edge FILE...                  these inputs, once each
#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iterator>

#include <fcntl.h>
#include <sanitizer/common_interface_defs.h>
#include <unistd.h>

#include "kaiku/base/prng.h"

#include "fuzz/target.h"

// Of the sanitizers' runtime: null in a plain build.
#pragma weak __sanitizer_set_death_callback

namespace kaiku::fuzz {
namespace {

constexpr size_t kInputBytesMax = 64U << 10;
constexpr size_t kPrefixesMax = 64;  // of one seed

std::string input_now;   // for keep_input()
std::string input_name;  // where it goes

// Async-signal-safe.
void keep_input() {
  const int file = open(input_name.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (file >= 0) {
    [[maybe_unused]] const ssize_t bytes = write(file, input_now.data(), input_now.size());
    close(file);
  }
  constexpr std::string_view kWords = "\nfuzz: this input ends the program, kept as ";
  [[maybe_unused]] ssize_t said = write(STDERR_FILENO, kWords.data(), kWords.size());
  said = write(STDERR_FILENO, input_name.data(), input_name.size());
  said = write(STDERR_FILENO, "\n", 1);
}

void on_signal(int number) {
  keep_input();
  std::signal(number, SIG_DFL);
  std::raise(number);
}

void watch() {
  std::signal(SIGABRT, on_signal);
  if (__sanitizer_set_death_callback != nullptr) {
    __sanitizer_set_death_callback(keep_input);
    return;  // it catches the others itself
  }
  for (const int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL}) {
    std::signal(number, on_signal);
  }
}

void run(std::string input) {
  input_now = std::move(input);
  // Exactly as large as it is: reading past its end is seen.
  const std::vector<uint8_t> bytes(input_now.begin(), input_now.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

class Mutator {
 public:
  Mutator(const std::vector<std::string>& seeds, uint64_t seed) : seeds_(seeds), prng_(seed) {}

  std::string next() {
    std::string input = any_seed();
    for (uint64_t left = 1 + prng_.below(5); left > 0; --left) {
      change(input);
    }
    input.resize(std::min(input.size(), kInputBytesMax));
    return input;
  }

 private:
  const std::string& any_seed() { return seeds_[prng_.below(seeds_.size())]; }

  size_t place(const std::string& input) { return prng_.below(input.size() + 1); }

  char any_byte() {
    static constexpr std::array<unsigned char, 14> kTelling = {
        0, 1, 2, 0x7f, 0x80, 0xfe, 0xff, '"', '{', '0', '-', '.', ' ', '\n'};
    return static_cast<char>(prng_.chance(1, 2) ? kTelling[prng_.below(kTelling.size())]
                                                : prng_.below(256));
  }

  void change(std::string& input) {
    const size_t at = place(input);
    const size_t some =
        std::min<size_t>(1 + prng_.below(1ULL << prng_.below(8)), input.size() - at);
    switch (prng_.below(8)) {
      case 0:
        input.insert(at, 1, any_byte());
        return;
      case 1:
        input.erase(at, some);
        return;
      case 2:
        input.insert(at, input.substr(at, some));
        return;
      case 3: {  // the front of this, the back of another
        const std::string& other = any_seed();
        input = input.substr(0, at) + other.substr(place(other));
        return;
      }
      case 4:  // the longest and a middling varint
        input.insert(at, prng_.chance(1, 2) ? std::string(9, '\xff') + '\x01' : "\xff\xff\xff\x07");
        return;
      case 5:
        if (at < input.size()) {
          input[at] = static_cast<char>(input[at] ^ (1 << prng_.below(8)));
        }
        return;
      default:
        if (at < input.size()) {
          input[at] = any_byte();
        }
    }
  }

  const std::vector<std::string>& seeds_;
  base::Prng prng_;
};

bool write_seeds(const std::string& folder) {
  size_t number = 0;
  for (const std::string& seed : seeds()) {
    std::ofstream file(folder + "/seed-" + std::to_string(number++), std::ios::binary);
    file << seed;
    if (!file.flush()) {
      std::fprintf(stderr, "fuzz: %s cannot be written\n", folder.c_str());
      return false;
    }
  }
  return true;
}

bool run_file(const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  if (!file) {
    std::fprintf(stderr, "fuzz: %s cannot be read\n", name.c_str());
    return false;
  }
  run({std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()});
  return true;
}

void run_all(uint64_t runs, uint64_t first) {
  const std::vector<std::string> all = seeds();
  size_t inputs = 0;
  for (const std::string& seed : all) {
    const size_t step = 1 + seed.size() / kPrefixesMax;
    for (size_t size = 0; size < seed.size(); size += step) {
      run(seed.substr(0, size));
      ++inputs;
    }
    run(seed);
    ++inputs;
  }
  Mutator mutator(all, first);
  for (uint64_t i = 0; i < runs; ++i) {
    run(mutator.next());
  }
  std::printf("fuzz: %zu seeds, %zu inputs\n", all.size(), inputs + static_cast<size_t>(runs));
}

}  // namespace

int run_driver(const std::vector<std::string>& arguments) {
  watch();
  uint64_t runs = 1'000;
  uint64_t first = 1;
  bool only_files = false;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument.substr(0, 2) != "--") {
      only_files = true;
      if (!run_file(argument)) {
        return 66;
      }
      continue;
    }
    if (i + 1 == arguments.size()) {
      std::fprintf(stderr, "fuzz: %s needs a value\n", argument.c_str());
      return 64;
    }
    const std::string& value = arguments[++i];
    if (argument == "--write-seeds") {
      return write_seeds(value) ? 0 : 73;
    }
    uint64_t& number = argument == "--first" ? first : runs;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if ((argument != "--first" && argument != "--runs") || error != std::errc() || *end != '\0') {
      std::fprintf(stderr, "fuzz: not understood: %s %s\n", argument.c_str(), value.c_str());
      return 64;
    }
  }
  if (!only_files) {
    run_all(runs, first);
  }
  return 0;
}

}  // namespace kaiku::fuzz

int main(int argc, char** argv) {
  std::string_view name = argv[0];
  name.remove_prefix(name.rfind('/') + 1);
  kaiku::fuzz::input_name = std::string(name) + ".crash";
  return kaiku::fuzz::run_driver({argv + 1, argv + argc});
}
