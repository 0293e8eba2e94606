#pragma once

#include <cstdint>
#include <vector>
#include <vips/vips8>

#include "atelier/image/image.h"

namespace atelier::image {

using ProfileBytes = std::vector<std::uint8_t>;

/// What an ICC profile is good for. Srgb is any RGB profile that moves no colour by a visible amount from
/// sRGB, so that converting would only add rounding.
enum class ProfileKind { Broken, Grey, Srgb, OtherRgb, Cmyk };

/// Tries the profile on a few colours; remembers the latest small profiles. Thread-safe.
ProfileKind classify_profile(const ProfileBytes& profile);

/// The colour of `source` (no alpha) as sRGB of the given depth, with no pixel computed yet. The profile must
/// be sound and of the kind of `source`.
vips::VImage import_profile(const vips::VImage& source, const ProfileBytes& profile, Depth depth);

/// The same for CMYK without a profile, by the one built into libvips.
vips::VImage import_plain_cmyk(const vips::VImage& source, Depth depth);

/// sRGB colour as values of a sound RGB profile.
vips::VImage export_profile(const vips::VImage& source, const ProfileBytes& profile, Depth depth);

}  // namespace atelier::image
