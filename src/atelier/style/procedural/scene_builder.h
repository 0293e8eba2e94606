#pragma once

#include "atelier/style/procedural/scene.h"

namespace atelier::style::procedural {

/// Puts things together that several scenes have. Sizes are heights, places are where a thing stands.
class SceneBuilder {
 public:
  SceneBuilder(Scene& scene, Dice& dice) : scene_(scene), dice_(dice) {}

  /// Lit at the top, shaded at the bottom.
  Shape& add(Role role, Outline outline, const Colour& lit, const Colour& shaded, double angle = 0);
  /// Lit on the side of the light.
  Shape& add_round(Role role, Outline outline, const Colour& lit, const Colour& shaded, double angle = 0);
  /// One colour, a little darker at the bottom.
  Shape& add_flat(Role role, Outline outline, const Colour& colour, double angle = 0);

  void sky(double horizon);
  void light(double size);
  void cloud(double x, double y, double size);
  void round_tree(double x, double ground, double size);
  void cypress(double x, double ground, double size);
  void pine(double x, double ground, double size);
  void house(double x, double ground, double size);
  void church(double x, double ground, double size);
  void boat(double x, double water, double size);
  void flower(double x, double y, double size, int form, const Colour& petals);
  void leaf(double x, double y, double length, double angle, const Colour& colour);
  void bird(double x, double y, double size);

  const Colour& accent();  ///< one of the three, by lot

 private:
  Scene& scene_;
  Dice& dice_;
};

}  // namespace atelier::style::procedural
