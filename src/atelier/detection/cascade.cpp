#include "atelier/detection/cascade.h"

#include <cmath>
#include <pugixml.hpp>
#include <sstream>
#include <string>

#include "atelier/core/error.h"

namespace atelier::detection {
namespace {

constexpr double kLeastDeviation = 10;    // grey levels
constexpr double kThresholdSlack = 1e-5;  // as the trainer allows for rounding

[[noreturn]] void refuse(const std::filesystem::path& xml, const std::string& what) {
  throw Error(
      ErrorCode::BadData, "cascade.format",
      printable(xml.string()) + ": " + what + "; take a Haar cascade of Debian's package opencv-data");
}

std::vector<double> numbers(const pugi::xml_node& node) {
  std::istringstream text(node.child_value());
  std::vector<double> found;
  for (double number; text >> number;) found.push_back(number);
  return found;
}

}  // namespace

IntegralImage::IntegralImage(std::span<const std::uint8_t> grey, int width, int height)
    : width_(width), height_(height) {
  const std::size_t stride = static_cast<std::size_t>(width) + 1;
  sums_.resize(stride * (static_cast<std::size_t>(height) + 1));
  squares_.resize(sums_.size());
  std::size_t pixel = 0;
  for (std::size_t at = stride + 1; at < sums_.size(); ++at) {
    std::uint32_t row = 0;
    std::uint64_t row_of_squares = 0;
    for (int x = 0; x < width; ++x, ++at, ++pixel) {
      row += grey[pixel];
      row_of_squares += static_cast<std::uint64_t>(grey[pixel]) * grey[pixel];
      sums_[at] = sums_[at - stride] + row;
      squares_[at] = squares_[at - stride] + row_of_squares;
    }
  }
}

Cascade Cascade::read(const std::filesystem::path& xml) {
  pugi::xml_document document;
  const pugi::xml_parse_result parsed = document.load_file(xml.c_str());
  if (parsed.status == pugi::status_file_not_found || parsed.status == pugi::status_io_error)
    throw Error(ErrorCode::NoInput, "cascade.missing", printable(xml.string()) + ": cannot be read");
  if (!parsed) refuse(xml, std::string("is no XML: ") + parsed.description());
  const pugi::xml_node root = document.child("opencv_storage").child("cascade");
  if (std::string(root.child_value("featureType")) != "HAAR") refuse(xml, "is no cascade of Haar features");

  Cascade cascade;
  cascade.width_ = root.child("width").text().as_int();
  cascade.height_ = root.child("height").text().as_int();
  if (cascade.width_ < 4 || cascade.width_ > 256 || cascade.height_ < 4 || cascade.height_ > 256)
    refuse(xml, "has a window of an impossible size");
  for (const pugi::xml_node& entry : root.child("features")) {
    Feature feature{};
    if (entry.child("tilted").text().as_int() != 0) refuse(xml, "has tilted features");
    for (const pugi::xml_node& text : entry.child("rects")) {
      const std::vector<double> r = numbers(text);
      if (r.size() != 5 || feature.count == 3) refuse(xml, "has a feature that is none");
      const Rectangle rectangle{static_cast<int>(r[0]), static_cast<int>(r[1]), static_cast<int>(r[2]),
                                static_cast<int>(r[3]), r[4]};
      if (rectangle.x < 0 || rectangle.y < 0 || rectangle.width < 1 || rectangle.height < 1 ||
          rectangle.x + rectangle.width > cascade.width_ || rectangle.y + rectangle.height > cascade.height_)
        refuse(xml, "has a feature outside its window");
      feature.rectangles[static_cast<std::size_t>(feature.count++)] = rectangle;
    }
    cascade.features_.push_back(feature);
  }
  const auto features = static_cast<double>(cascade.features_.size());
  for (const pugi::xml_node& stage : root.child("stages")) {
    const std::size_t first = cascade.trees_.size();
    for (const pugi::xml_node& tree : stage.child("weakClassifiers")) {
      const std::vector<double> nodes = numbers(tree.child("internalNodes")),
                                leaves = numbers(tree.child("leafValues"));
      const std::size_t count = nodes.size() / 4;
      if (count == 0 || nodes.size() % 4 != 0 || leaves.size() != count + 1)
        refuse(xml, "has a tree that is none");
      cascade.trees_.push_back({cascade.nodes_.size(), cascade.leaves_.size()});
      for (std::size_t i = 0; i < count; ++i) {
        const double *node = &nodes[4 * i], last = static_cast<double>(count);
        // Branches lead on, never back, so that every walk ends.
        for (const double branch : {node[0], node[1]}) {
          if (branch < -last || branch >= last || (branch > 0 && branch <= static_cast<double>(i)))
            refuse(xml, "has a branch that leads nowhere");
        }
        if (node[2] < 0 || node[2] >= features) refuse(xml, "has a branch on a feature it lacks");
        cascade.nodes_.push_back(
            {static_cast<int>(node[0]), static_cast<int>(node[1]), static_cast<int>(node[2]), node[3]});
      }
      cascade.leaves_.insert(cascade.leaves_.end(), leaves.begin(), leaves.end());
    }
    cascade.stages_.push_back(
        {first, cascade.trees_.size(), stage.child("stageThreshold").text().as_double() - kThresholdSlack});
  }
  if (cascade.stages_.empty()) refuse(xml, "has no stages");
  return cascade;
}

double Cascade::value(const Feature& feature, const IntegralImage& picture, int x, int y) const {
  double value = 0;
  for (int i = 0; i < feature.count; ++i) {
    const Rectangle& r = feature.rectangles[static_cast<std::size_t>(i)];
    value += r.weight * picture.sum(x + r.x, y + r.y, r.width, r.height);
  }
  return value;
}

bool Cascade::accepts(const IntegralImage& picture, int x, int y) const {
  // Light and contrast are taken out by the window's deviation, its outermost pixels aside.
  const int inner_width = width_ - 2, inner_height = height_ - 2;
  const double area = static_cast<double>(inner_width) * inner_height;
  const double sum = picture.sum(x + 1, y + 1, inner_width, inner_height);
  const double spread = area * picture.squares(x + 1, y + 1, inner_width, inner_height) - sum * sum;
  if (spread <= 0) return false;
  const double deviations = std::sqrt(spread);  // area times the standard deviation
  if (deviations < kLeastDeviation * area) return false;
  for (const Stage& stage : stages_) {
    double total = 0;
    for (std::size_t t = stage.first; t < stage.last; ++t) {
      const Tree& tree = trees_[t];
      int at = 0;
      do {
        const Node& node = nodes_[tree.nodes + static_cast<std::size_t>(at)];
        const double seen =
            value(features_[static_cast<std::size_t>(node.feature)], picture, x, y) / deviations;
        at = seen < node.threshold ? node.left : node.right;
      } while (at > 0);
      total += leaves_[tree.leaves + static_cast<std::size_t>(-at)];
    }
    if (total < stage.threshold) return false;
  }
  return true;
}

}  // namespace atelier::detection
