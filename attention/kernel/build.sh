#!/bin/sh
# Builds the SIMD kernel: build.sh [OUT], by default assets/kernel.wasm.
# Needs clang and lld with the wasm32 target (Debian: clang lld).
set -eu
cd "$(dirname "$0")"
out=${1:-../../assets/kernel.wasm}
${CLANG:-clang} --target=wasm32 -O3 -msimd128 -fno-builtin -ffreestanding -nostdlib \
	-Wall -Wextra -Werror \
	-Wl,--no-entry -Wl,--import-memory -Wl,-z,stack-size=0 -Wl,--strip-all \
	-o "$out" c/kernel.c
