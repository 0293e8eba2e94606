#pragma once

#include <memory>
#include <optional>
#include <string>

#include "atelier/image/image.h"

namespace atelier::judging {

struct NamedPicture {
  std::string name;
  Image image;  ///< framed
};

/// A system that has learned one style. Many threads may use one.
class Brush {
 public:
  virtual ~Brush() = default;
  /// The painting, of the photo's size; nothing when the system has none of this pair. Throws Error when it
  /// fails on this photo.
  virtual std::optional<Image> paint(const NamedPicture& photo) const = 0;
};

/// Whatever paints: a model, a rival, a folder of finished pictures, a control. Many threads may use one.
class Painter {
 public:
  virtual ~Painter() = default;
  virtual std::string name() const = 0;   ///< letters, digits, '-', '_', '.'; unique in a run
  virtual std::string about() const = 0;  ///< one line for people
  virtual bool control() const { return false; }
  virtual std::unique_ptr<Brush> take_up(const NamedPicture& style) const = 0;
};

}  // namespace atelier::judging
