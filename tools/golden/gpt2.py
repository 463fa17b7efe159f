#!/usr/bin/env python3
"""Writes tests/golden/gpt2.gguf, a tiny GPT-2 of random numbers as others write such files, and tests/golden/gpt2.ini, what other programs make of some texts.

usage: tools/golden/gpt2.py         (needs: pip install gguf numpy tokenizers torch transformers)

The network is transformers' GPT2LMHeadModel in f32, the tokenizer a byte-level BPE that the package tokenizers learns from the texts below, the file is written
by the package gguf. Biases and gains are random, too, so that one left out shows.

  text      as it is
  ids       its tokens
  nll       mean of -ln p of its tokens, after a begin token
  best      the eight most likely tokens after it, and
  logits    their logits
  greedy    the sixteen tokens that follow where the most likely one is always taken
"""

import json
import pathlib

import gguf
import numpy as np
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import GPT2Config, GPT2LMHeadModel

TEXTS = {
    "story": "Anna had lost her keys. She looked under the sofa and behind the door. Her brother laughed and pointed at her coat.",
    "numbers": "In 1984, 3.14159 of 27,000 people (or 12%) didn't pay $5.00; they'd've \"paid\" 1/2 at 10:45pm.",
    "scripts": "Stra\u00dfe caf\u00e9 na\u00efve \u732b\u306f \u0441\u043e\u0431\u0430\u043a\u0430 \U0001f600",
    "spaces": "def f(x):\n    return  x  + 1\n\n\tprint(f(2))   # two  \n",
    "short": "The",
}
VOCABULARY, WIDTH, LAYERS, HEADS, CONTEXT = 330, 32, 2, 4, 120
BEST, GREEDY = 8, 16
END = "<|endoftext|>"
GOLDEN = pathlib.Path(__file__).parents[2] / "tests/golden"
LAYER = {"ln_1": "attn_norm", "attn.c_attn": "attn_qkv", "attn.c_proj": "attn_output", "ln_2": "ffn_norm", "mlp.c_fc": "ffn_up", "mlp.c_proj": "ffn_down"}


def make_tokenizer():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=VOCABULARY, special_tokens=[END], initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    tokenizer.train_from_iterator(TEXTS.values(), trainer)
    return tokenizer


def make_model(size):
    torch.manual_seed(5)
    config = GPT2Config(vocab_size=size, n_positions=CONTEXT, n_embd=WIDTH, n_layer=LAYERS, n_head=HEADS, bos_token_id=0, eos_token_id=0, attn_implementation="eager")
    model = GPT2LMHeadModel(config).eval()
    with torch.no_grad():
        for name, value in model.named_parameters():
            scale = 0.3 if value.ndim == 1 else 0.4 if "wte" in name else 1 if "wpe" in name else 2 * WIDTH ** -0.5
            value.copy_(torch.randn_like(value) * scale)
            if "ln_" in name and name.endswith("weight"):
                value.add_(1)
    return model


def tensors_of(model):
    """By the names of GGUF; Conv1D of transformers holds matrices as (in, out)."""
    state = model.state_dict()
    yield "token_embd.weight", state["transformer.wte.weight"]
    yield "position_embd.weight", state["transformer.wpe.weight"]
    for end in ("weight", "bias"):
        yield "output_norm." + end, state["transformer.ln_f." + end]
        for layer in range(LAYERS):
            for theirs, ours in LAYER.items():
                value = state[f"transformer.h.{layer}.{theirs}.{end}"]
                yield f"blk.{layer}.{ours}.{end}", value.T if value.ndim == 2 else value


def write_file(model, tokenizer):
    writer = gguf.GGUFWriter(str(GOLDEN / "gpt2.gguf"), "gpt2")
    writer.add_name("tiny GPT-2 of random numbers")
    writer.add_block_count(LAYERS)
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(4 * WIDTH)
    writer.add_head_count(HEADS)
    writer.add_layer_norm_eps(1e-5)
    writer.add_file_type(0)
    vocabulary = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list([token for token, _ in vocabulary])
    writer.add_token_types([3 if token == END else 1 for token, _ in vocabulary])
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    writer.add_token_merges([merge if isinstance(merge, str) else " ".join(merge) for merge in merges])
    writer.add_bos_token_id(tokenizer.token_to_id(END))
    writer.add_eos_token_id(tokenizer.token_to_id(END))
    for name, value in tensors_of(model):
        writer.add_tensor(name, np.ascontiguousarray(value.numpy()))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def describe(model, tokenizer, text):
    run = lambda ids: model(torch.tensor([ids])).logits[0].double()
    ids = [tokenizer.token_to_id(END)] + tokenizer.encode(text).ids
    logits = run(ids)
    log_p = logits.log_softmax(-1)
    best = logits[-1].argsort(descending=True)[:BEST].tolist()
    greedy = list(ids)
    for _ in range(GREEDY):
        greedy.append(int(run(greedy)[-1].argmax()))
    return {"ids": ids[1:], "nll": [-float(log_p[range(len(ids) - 1), ids[1:]].mean())], "best": best, "logits": logits[-1][best].tolist(),
            "greedy": greedy[len(ids):]}


def main():
    torch.set_num_threads(1)
    tokenizer = make_tokenizer()
    model = make_model(tokenizer.get_vocab_size())
    write_file(model, tokenizer)
    lines = ["# Made by tools/golden/gpt2.py"]
    with torch.no_grad():
        for name, text in TEXTS.items():
            lines += [f"[{name}]", "text=" + text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace(" ", "\\s")]
            for key, values in describe(model, tokenizer, text).items():
                lines.append(key + "=" + ";".join(f"{value:.6f}" if isinstance(value, float) else str(value) for value in values))
    (GOLDEN / "gpt2.ini").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
