#pragma once

#include <memory>

#include "atelier/inference/stylizer.h"
#include "atelier/judging/painter.h"

namespace atelier::judging {

/// Our own model through the product's front door.
class ModelPainter : public Painter {
 public:
  ModelPainter(std::string name, std::shared_ptr<const inference::Stylizer> stylizer,
               inference::StylizeOptions options);

  std::string name() const override { return name_; }
  std::string about() const override;
  std::unique_ptr<Brush> take_up(const NamedPicture& style) const override;

 private:
  std::string name_;
  std::shared_ptr<const inference::Stylizer> stylizer_;
  inference::StylizeOptions options_;
};

}  // namespace atelier::judging
