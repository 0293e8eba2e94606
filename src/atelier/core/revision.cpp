#include "atelier/core/revision.h"

#include "revision_text.h"

namespace atelier {

const char* source_revision() {
  return kRevision;
}

}  // namespace atelier
