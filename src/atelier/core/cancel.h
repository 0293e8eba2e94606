#pragma once

namespace atelier {

/// Turns SIGINT and SIGTERM into a flag, so that long work ends at its next safe point instead of half-way.
/// A second signal kills at once.
void watch_for_signals();

/// The signal that asked us to stop, or 0. Safe from any thread.
int pending_signal();

}  // namespace atelier
