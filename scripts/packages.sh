# shellcheck shell=bash disable=SC2034  # the lists are used by the scripts that source this file
# The Debian packages Atelier needs, in one place. Source this file, then: install_packages "${build_packages[@]}"

# To compile and run `atelier`, the program that stylises. No LibTorch.
build_packages=(g++ cmake ninja-build pkg-config mold
  libvips-dev nlohmann-json3-dev libspdlog-dev libcli11-dev libsodium-dev libeigen3-dev
  libsqlite3-dev libsqlitecpp-dev libpqxx-dev libpugixml-dev)

# For the rooms on LibTorch: training and the reference model. With OpenBLAS: LibTorch's matrix products fall back on
# Debian's reference BLAS otherwise (3 GFLOP/s instead of 82 on one core). Not its serial variant, which is built
# without locks: products that two threads ask for at once come out wrong now and then. The OpenMP variant spins
# against oneDNN's threads.
training_packages=(libtorch-dev libopenblas0-pthread)

# For the test suite and the benchmarks.
test_packages=(libgtest-dev libgmock-dev libbenchmark-dev zlib1g-dev libjpeg-dev
  postgresql)

# The photo and the painting that ./quickstart works on.
picture_packages=(lomiri-wallpapers-16.04 gcompris-qt-data)

# For scripts/format and scripts/lint.
style_packages=(clang-format clang-tidy shellcheck)

# Prints those of its arguments that are not installed.
missing_packages() {
  local package
  for package in "$@"; do
    if [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null) != installed ]]; then
      printf '%s\n' "$package"
    fi
  done
}

# Installs what is missing of its arguments. Changes nothing, and needs neither root nor a network, when all are there.
install_packages() {
  local -a missing become_root=()
  mapfile -t missing < <(missing_packages "$@")
  if ((${#missing[@]} == 0)); then return 0; fi
  if ! command -v apt-get >/dev/null; then
    echo "atelier: this system has no apt-get; install yourself what these Debian packages hold: ${missing[*]}" >&2
    return 1
  fi
  if ((EUID != 0)); then
    if ! command -v sudo >/dev/null; then
      echo "atelier: packages are missing and there is no sudo; as root: apt-get install ${missing[*]}" >&2
      return 1
    fi
    become_root=(sudo)
  fi
  echo "Installing ${missing[*]}"
  "${become_root[@]}" apt-get update -q
  "${become_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -q --no-install-recommends "${missing[@]}"
}

# How many compilers to run at once: one for each core, but no more than fit, at 1.5 GB each.
compile_jobs() {
  local cores kilobytes fit
  cores=$(nproc)
  kilobytes=$(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo)
  fit=$((${kilobytes:-0} / 1500000))
  if ((fit > cores)); then fit=$cores; fi
  if ((fit < 1)); then fit=1; fi
  echo "$fit"
}

# Sources compiled ten at a time: their headers cost more than they do. For building once; who edits builds without.
unity_build=(-DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=10)
