"""Reads a model's folder and prints its logits: forward.py FOLDER 1,5,9

A second reader and a second forward pass, in nothing but Python's own library,
against which the program's files and numbers are checked.
"""
import cmath
import json
import math
import struct
import sys


def half(bits):
    return struct.unpack("<e", struct.pack("<H", bits))[0]


def brain(bits):
    return struct.unpack("<f", struct.pack("<I", bits << 16))[0]


def read(path):
    with open(path, "rb") as file:
        data = file.read()
    (length,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        count = math.prod(entry["shape"])
        if entry["dtype"] == "F32":
            values = list(struct.unpack_from("<%df" % count, data, begin))
        else:
            convert = {"F16": half, "BF16": brain}[entry["dtype"]]
            values = [convert(b) for b in struct.unpack_from("<%dH" % count, data, begin)]
        assert (4 if entry["dtype"] == "F32" else 2) * count == end - begin, name
        if len(entry["shape"]) == 2:
            rows, cols = entry["shape"]
            values = [values[r * cols : (r + 1) * cols] for r in range(rows)]
        tensors[name] = values
    return tensors


def times(matrix, vector):
    return [math.fsum(a * b for a, b in zip(row, vector)) for row in matrix]


def norm(vector, gain, eps):
    scale = 1 / math.sqrt(math.fsum(v * v for v in vector) / len(vector) + eps)
    return [g * v * scale for g, v in zip(gain, vector)]


def heads(vector, size, position, theta):
    """Splits into heads; with a theta each is turned to its position."""
    out = []
    for at in range(0, len(vector), size):
        head = vector[at : at + size]
        if theta:
            half_size = size // 2
            turned = [
                complex(head[j], head[j + half_size]) * cmath.exp(1j * position * theta ** (-2 * j / size))
                for j in range(half_size)
            ]
            head = [z.real for z in turned] + [z.imag for z in turned]
        out.append(head)
    return out


def forward(config, w, tokens):
    size, eps, theta = config["head_dim"], config["rms_norm_eps"], config["rope_theta"]
    group = config["num_attention_heads"] // config["num_key_value_heads"]
    stream = [list(w["model.embed_tokens.weight"][t]) for t in tokens]
    for layer in range(config["num_hidden_layers"]):
        at = "model.layers.%d." % layer
        keys, values = [], []
        for position, x in enumerate(stream):
            h = norm(x, w[at + "input_layernorm.weight"], eps)
            keys.append(heads(times(w[at + "self_attn.k_proj.weight"], h), size, position, theta))
            values.append(heads(times(w[at + "self_attn.v_proj.weight"], h), size, position, 0))
            queries = heads(times(w[at + "self_attn.q_proj.weight"], h), size, position, theta)
            mixed = []
            for a, query in enumerate(queries):
                scores = [math.fsum(p * q for p, q in zip(query, k[a // group])) / math.sqrt(size) for k in keys]
                weights = [math.exp(s - max(scores)) for s in scores]
                for d in range(size):
                    mixed.append(math.fsum(e * v[a // group][d] for e, v in zip(weights, values)) / math.fsum(weights))
            x = [p + q for p, q in zip(x, times(w[at + "self_attn.o_proj.weight"], mixed))]
            h = norm(x, w[at + "post_attention_layernorm.weight"], eps)
            gate, up = times(w[at + "mlp.gate_proj.weight"], h), times(w[at + "mlp.up_proj.weight"], h)
            inner = [g / (1 + math.exp(-g)) * u for g, u in zip(gate, up)]
            stream[position] = [p + q for p, q in zip(x, times(w[at + "mlp.down_proj.weight"], inner))]
    output = w["model.embed_tokens.weight" if config["tie_word_embeddings"] else "lm_head.weight"]
    return [times(output, norm(x, w["model.norm.weight"], eps)) for x in stream]


folder, tokens = sys.argv[1], [int(t) for t in sys.argv[2].split(",")]
with open(folder + "/config.json", encoding="utf-8") as file:
    settings = json.load(file)
print(json.dumps({"logits": forward(settings, read(folder + "/model.safetensors"), tokens)}))
