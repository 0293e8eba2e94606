#include "trained_gallery.h"

#include <spdlog/spdlog.h>

#include "atelier/core/error.h"
#include "atelier/style/user_styles.h"
#include "atelier/weights/sha256.h"

namespace atelier::cli {

void require_free_name(const std::string& name, const model::ModelBundle& bundle, bool replace) {
  style::StyleLibrary own = style::read_user_styles(bundle.manifest().space_id);
  if (own.find(name) != nullptr && !replace) {
    throw Error(
        ErrorCode::Usage, "style.name",
        "you already have a style '" + printable(name) + "'; choose another --name, or add --replace");
  }
  own.remove(name);
  own.add({.name = name,
           .code = {bundle.manifest().space_id,
                    std::vector<float>(static_cast<std::size_t>(bundle.manifest().generator.code_dim))}});
}

std::size_t add_trained(style::NamedStyle style, const model::StyleDelta& delta,
                        const model::ModelBundle& bundle) {
  const std::string& space = bundle.manifest().space_id;
  std::size_t size = 0;
  if (!delta.empty()) {
    const std::vector<std::byte> bytes = delta.to_bytes();
    style.delta = weights::sha256_hex(bytes);
    style::write_user_delta(space, style.delta, bytes);
    size = bytes.size();
  }
  if (bundle.space()) style.coordinates = bundle.space()->project(style.code);
  if (bundle.styles().find(style.name) != nullptr)
    spdlog::warn("'{}' now hides the built-in style of that name", style.name);
  style::StyleLibrary own = style::read_user_styles(space);
  own.remove(style.name);
  own.add(std::move(style));
  style::write_user_styles(own);
  return size;
}

}  // namespace atelier::cli
