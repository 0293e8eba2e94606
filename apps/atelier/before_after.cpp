#include "before_after.h"

#include <algorithm>
#include <cmath>

#include "atelier/image/resize.h"
#include "atelier/image/write_image.h"
#include "atelier/inference/stylizer.h"
#include "backend.h"
#include "canvas.h"
#include "trained_style.h"

namespace atelier::cli {
namespace {

constexpr Ink kSheet{250, 248, 243}, kInk{52, 48, 44};
constexpr int kStripMargin = 24, kStripGap = 10, kStripHead = 30;
constexpr int kViewWidth = 320, kViewHeight = 240;
constexpr double kCaptionSize = 13;

// The middle of a picture, as the strip shows it.
Image view_of(const Image& picture) {
  const Image eight = picture.to_depth(Depth::U8);
  const double scale = std::max(static_cast<double>(kViewWidth) / eight.width(),
                                static_cast<double>(kViewHeight) / eight.height());
  const int width = std::min(eight.width(), static_cast<int>(std::lround(kViewWidth / scale)));
  const int height = std::min(eight.height(), static_cast<int>(std::lround(kViewHeight / scale)));
  return resize(crop(eight, (eight.width() - width) / 2, (eight.height() - height) / 2, width, height),
                kViewWidth, kViewHeight);
}

}  // namespace

void write_before_after(const Program& program, const model::ModelBundle& bundle,
                        const std::filesystem::path& file, const Image& style, std::span<const Image> photos,
                        const BeforeAfter& trained) {
  const int threads = program.resolved_threads();
  const inference::Stylizer before(bundle.manifest(), open_model(bundle, program, threads));
  const inference::Stylizer after = open_trained(program, bundle, threads, trained.delta);
  inference::StylizeOptions options;
  options.detail = trained.detail;
  inference::StylizeOptions learned = options;
  learned.modulation = trained.delta.modulation;

  const int rows = static_cast<int>(std::min<std::size_t>(3, photos.size()));
  Canvas canvas(2 * kStripMargin + 4 * kViewWidth + 3 * kStripGap,
                2 * kStripMargin + kStripHead + rows * (kViewHeight + kStripGap), kSheet);
  const auto left = [](int column) { return kStripMargin + column * (kViewWidth + kStripGap); };
  const char* captions[] = {"photo", "style", "before", "after"};
  for (int column = 0; column < 4; ++column)
    canvas.write_centred(captions[column], left(column), kStripMargin, kViewWidth, kCaptionSize, kInk);
  for (int row = 0; row < rows; ++row) {
    const Image& photo =
        photos[static_cast<std::size_t>(row) * photos.size() / static_cast<std::size_t>(rows)];
    const int top = kStripMargin + kStripHead + row * (kViewHeight + kStripGap);
    canvas.paste(view_of(photo), left(0), top);
    if (row == 0) canvas.paste(view_of(style), left(1), top);
    canvas.paste(view_of(before.stylize(photo, trained.before, options)), left(2), top);
    canvas.paste(view_of(after.stylize(photo, trained.after, learned)), left(3), top);
  }
  write_image(file, std::move(canvas).take(), {});
}

}  // namespace atelier::cli
