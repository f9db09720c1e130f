// Package model is the folder of 诗芽's files, config.json, model.safetensors
// and tokenizer.json in the form of Hugging Face's LLaMA models. It holds no
// code: assets.FS embeds the folder, and the site carries the files under
// assets/model, where the engine fetches them when a lab first needs them.
package model
