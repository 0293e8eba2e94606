#include "atelier/core/cancel.h"

#include <csignal>

namespace atelier {
namespace {

volatile std::sig_atomic_t g_signal = 0;

void remember(int signal) {
  if (g_signal != 0) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  }
  g_signal = signal;
}

}  // namespace

void watch_for_signals() {
  std::signal(SIGINT, remember);
  std::signal(SIGTERM, remember);
}

int pending_signal() {
  return g_signal;
}

}  // namespace atelier
