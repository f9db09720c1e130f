#!/bin/sh
# Builds the SIMD kernel twice: build.sh [DIR], by default into assets.
#   kernel.wasm          for any browser with SIMD
#   kernel-relaxed.wasm  for those with relaxed SIMD too: a product and its sum
#                        are one instruction where the processor has it
# Needs clang and lld with the wasm32 target (Debian: clang lld), and go.
set -eu
cd "$(dirname "$0")"
dir=${1:-../../assets}
# An unrolled loop's operands do not fit into the registers that V8 has, and
# strength reduction (LSR) takes constant offsets out of the loads: both cost a
# fifth. Files stand in a fixed order, since the artefacts are compared.
build() {
	out=$1
	shift
	${CLANG:-clang} --target=wasm32 -O3 -msimd128 -fno-builtin -ffreestanding -nostdlib "$@" \
		-fno-unroll-loops -fno-vectorize -fno-slp-vectorize -mllvm -disable-lsr \
		-Wall -Wextra -Werror \
		-Wl,--no-entry -Wl,--import-memory -Wl,-z,stack-size=0 -Wl,--strip-all \
		-o "$out" c/call.c c/few.c c/int8.c c/layers.c c/packed.c c/training.c
	chmod 644 "$out"
}
build "$dir/kernel.wasm"
build "$dir/kernel-relaxed.wasm" -mrelaxed-simd -DRELAXED
go run ./relax "$dir/kernel-relaxed.wasm"
