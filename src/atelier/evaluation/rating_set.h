#pragma once

#include <Eigen/Dense>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "atelier/personalization/population_prior.h"

namespace atelier::evaluation {

using personalization::CatalogueRating;

/// Measured properties of a picture file by name, finite; the same names for each picture. The room knows no
/// pixels: whoever reads pictures supplies it.
using MeasurePicture = std::function<std::map<std::string, double>(const std::filesystem::path&)>;

/// What real people said about real items.
struct RatingSet {
  std::string name;          ///< "art91"
  std::string what;          ///< "liking, 1-7"
  double low = 0, high = 1;  ///< the scale's ends

  std::vector<std::string> items;
  Eigen::MatrixXd content;                 ///< [items][columns]: labels as 0/1, numbers standardised
  std::vector<std::string> content_names;  ///< [columns]

  std::vector<std::string> people;
  std::vector<std::vector<CatalogueRating>> ratings;  ///< [people], at most one an item each
  std::vector<std::vector<CatalogueRating>> repeats;  ///< [people] a second round, or empty

  std::size_t count() const;  ///< of ratings, without repeats
};

/// `folder` holds items.tsv and the ratings. Pictures that are there are measured when `measure` is given.
/// Errors: NoInput for missing files, BadData "ratings.tsv", "ratings.value", "ratings.range" and
/// "ratings.twice" (one person rated one item twice) naming file and line.
RatingSet load_art91(const std::filesystem::path& folder, const MeasurePicture& measure = {});
RatingSet load_oasis(const std::filesystem::path& folder, const MeasurePicture& measure = {});
RatingSet load_gandogs55(const std::filesystem::path& folder, const MeasurePicture& measure = {});

}  // namespace atelier::evaluation
