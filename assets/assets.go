package assets

import "embed"

// FS holds the files of the site that are not computed: boot.js, scorm.js,
// single.js, sw.js and worker.js, the style sheets under css, icons, fonts, the SIMD kernel, the
// course's language model and the list of licences.
//
//go:embed boot.js scorm.js single.js sw.js worker.js kernel.wasm kernel-relaxed.wasm credits.txt css icons fonts model
var FS embed.FS
