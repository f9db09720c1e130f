package webgpu

import (
	"embed"
	"strings"
)

//go:embed shaders/*.wgsl
var sources embed.FS

// shader names a compiled shader. The one after a product's takes four values at
// a time, the one after norm's, add's and silu's works in place.
type shader int

const (
	matmulTiles shader = iota
	matmulTiles4
	matmulRows
	matmulRows4
	softmax
	gather
	norm
	normInPlace
	rotate
	attend
	add
	addInPlace
	silu
	siluInPlace
	copyCells
	clearCells
	shaders // how many there are
)

// recipe is what a shader is made of.
type recipe struct {
	name          string
	files         []string // below shaders, without .wgsl
	prelude       string   // before them
	writes, reads int      // storage buffers, in this order from binding 1 on
	tokens        bool     // the tokens follow
}

// One value of a product's operands at a time, or four.
const (
	byOne  = "alias Value = f32;\nfn product(x: f32, y: f32) -> f32 { return x * y; }\nconst depth = 16u;\n"
	byFour = "alias Value = vec4f;\nfn product(x: vec4f, y: vec4f) -> f32 { return dot(x, y); }\nconst depth = 8u;\n"
)

// The second operand of a product, (n, k) or, where flat is not 0, (k, n): lanes
// side by side load what lies side by side.
const (
	either = `fn spot(e: u32) -> vec2u { return select(vec2u(e / depth, e % depth), vec2u(e % 32, e / 32), step.flat != 0); }
fn other(column: u32, l: u32) -> Value { return b[step.b + select(column * step.k + l, l * step.n + column, step.flat != 0)]; }
`
	transposed = `fn spot(e: u32) -> vec2u { return vec2u(e / depth, e % depth); }
fn other(column: u32, l: u32) -> Value { return b[step.b + column * step.k + l]; }
`
)

// The first operand of a shader that may work in place.
const (
	separate = "@group(0) @binding(3) var<storage, read> x: array<f32>;\nfn first(l: u32) -> f32 { return x[step.x + l]; }\n"
	inPlace  = "fn first(l: u32) -> f32 { return y[step.y + l]; }\n"
)

// The functions of cells. The exponent is kept where it does not overflow: WGSL
// promises nothing about infinities.
const (
	sum  = "fn f(a: f32, b: f32) -> f32 { return a + b; }\n"
	gate = "fn f(a: f32, b: f32) -> f32 { return a / (1 + exp(min(-a, 80f))) * b; }\n"
)

var recipes = [shaders]recipe{
	matmulTiles:  {"matmul_tiles", []string{"matmul_tiles"}, byOne + either, 1, 2, false},
	matmulTiles4: {"matmul_tiles_4", []string{"matmul_tiles"}, byFour + transposed, 1, 2, false},
	matmulRows:   {"matmul_rows", []string{"matmul_rows"}, byOne, 1, 2, false},
	matmulRows4:  {"matmul_rows_4", []string{"matmul_rows"}, byFour, 1, 2, false},
	softmax:      {"softmax", []string{"reduce", "softmax"}, "", 1, 1, false},
	gather:       {"gather", []string{"gather"}, "", 1, 1, true},
	norm:         {"norm", []string{"reduce", "norm"}, separate, 1, 2, false},
	normInPlace:  {"norm_in_place", []string{"reduce", "norm"}, inPlace, 1, 1, false},
	rotate:       {"rotate", []string{"rotate"}, "", 1, 2, false},
	attend:       {"attend", []string{"reduce", "attend"}, "", 2, 3, false},
	add:          {"add", []string{"cells"}, separate + sum, 1, 2, false},
	addInPlace:   {"add_in_place", []string{"cells"}, inPlace + sum, 1, 1, false},
	silu:         {"silu_gate", []string{"cells"}, separate + gate, 1, 2, false},
	siluInPlace:  {"silu_gate_in_place", []string{"cells"}, inPlace + gate, 1, 1, false},
	copyCells:    {"copy", []string{"copy"}, "", 1, 1, false},
	clearCells:   {"clear", []string{"clear"}, "", 1, 0, false},
}

// source returns the shader's WGSL.
func (r recipe) source() string {
	var b strings.Builder
	b.WriteString(r.prelude)
	for _, name := range r.files {
		text, err := sources.ReadFile("shaders/" + name + ".wgsl")
		if err != nil {
			panic(err) // embedded: a misspelt name
		}
		b.Write(text)
	}
	return b.String()
}
