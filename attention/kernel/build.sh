#!/bin/sh
# Builds the SIMD kernel: build.sh [OUT], by default assets/kernel.wasm.
# Needs clang and lld with the wasm32 target (Debian: clang lld).
set -eu
cd "$(dirname "$0")"
out=${1:-../../assets/kernel.wasm}
# An unrolled loop's operands do not fit into the registers that V8 has, and
# strength reduction (LSR) takes constant offsets out of the loads: both cost a
# fifth. Files stand in a fixed order, since the artefact is compared.
${CLANG:-clang} --target=wasm32 -O3 -msimd128 -fno-builtin -ffreestanding -nostdlib \
	-fno-unroll-loops -fno-vectorize -fno-slp-vectorize -mllvm -disable-lsr \
	-Wall -Wextra -Werror \
	-Wl,--no-entry -Wl,--import-memory -Wl,-z,stack-size=0 -Wl,--strip-all \
	-o "$out" c/call.c c/few.c c/layers.c c/packed.c c/training.c
chmod 644 "$out"
