#include "atelier/core/error.h"

namespace atelier {

int exit_status(ErrorCode code) {
  switch (code) {
    case ErrorCode::Usage:
      return 2;
    case ErrorCode::BadData:
      return 65;
    case ErrorCode::NoInput:
      return 66;
    case ErrorCode::Unavailable:
      return 69;
    case ErrorCode::Internal:
      return 70;
    case ErrorCode::CannotCreate:
      return 73;
    case ErrorCode::Io:
      return 74;
    case ErrorCode::TryAgain:
      return 75;
    case ErrorCode::NotPermitted:
      return 77;
    case ErrorCode::Config:
      return 78;
  }
  return 70;
}

std::string printable(const std::string& text) {
  std::string clean = text;
  for (char& c : clean) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return clean;
}

}  // namespace atelier
