#pragma once

namespace atelier {

/// The source revision this program was built from, as `git describe --always --dirty` names it; "unknown"
/// when it was built outside a repository.
const char* source_revision();

}  // namespace atelier
