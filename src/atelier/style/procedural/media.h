#pragma once

#include "atelier/style/procedural/easel.h"

namespace atelier::style::procedural {

// The media, each in a file of its own name. All lengths inside them are shares of the short side, so that a
// small picture is the large one seen from afar.
Sheet paint_stained_glass(const Easel& easel);
Sheet paint_mosaic(const Easel& easel);
Sheet paint_pixel_art(const Easel& easel);
Sheet paint_halftone(const Easel& easel);
Sheet paint_woodcut(const Easel& easel);
Sheet paint_linocut(const Easel& easel);
Sheet paint_watercolour(const Easel& easel);
Sheet paint_crayon(const Easel& easel);
Sheet paint_chalk(const Easel& easel);
Sheet paint_cross_hatching(const Easel& easel);
Sheet paint_oil_impasto(const Easel& easel);
Sheet paint_risograph(const Easel& easel);
Sheet paint_blueprint(const Easel& easel);
Sheet paint_poster(const Easel& easel);
Sheet paint_paper_cut(const Easel& easel);
Sheet paint_cross_stitch(const Easel& easel);

}  // namespace atelier::style::procedural
