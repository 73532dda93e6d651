#!/bin/bash
# Checks that every C++ file is formatted as .clang-format says; `clang-format -i FILE` mends it.
set -euo pipefail
cd "$(dirname "$0")/.."
find include src tests -name '*.[ch]pp' -print0 -o -name '*.h' -print0 | xargs -0 clang-format --dry-run -Werror
