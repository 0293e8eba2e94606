#pragma once

#include <string>
#include <vips/vips8>

#include "atelier/image/image.h"

namespace atelier::image {

/// Starts libvips once for the process, with every file loader blocked except the five we read, its operation
/// cache off and its warnings kept from stderr. Every use of libvips comes after a call of this. Thread-safe.
void start_vips();

/// The first line of what libvips said, fit for an error message; clears libvips' buffer.
std::string vips_complaint(const vips::VError& error);

/// A view of the colour of `image` for libvips (no copy: `image` must outlive it), 3 bands, sRGB or RGB16.
vips::VImage view_colour(const Image& image);
/// The same for its alpha plane, 1 band.
vips::VImage view_alpha(const Image& image);

/// Runs the pipeline and puts its pixels into the colour of `image`, whose size and depth it must have.
void store_colour(const vips::VImage& source, Image& image);
void store_alpha(const vips::VImage& source, Image& image);

}  // namespace atelier::image
