#!/usr/bin/env python3
"""Training steps of the recipe's sizes: cosmos train beside PyTorch, both in bf16, on the same machine in one run.

    python3 tests/bench/train-step.py [--build build] [--enter tools/debian13] [--threads 0] [--rounds 3] [--compile] [--cells autoencoder,...]

Needs PyTorch (any 2.x). Texts are made up and longer than the sizes, so both sides work on 80 real tokens a text and 192 of a source. Rounds of the
two sides alternate; the median of each counts. Not a test: CI does not run it. Sizes of both sides are in SIZES.
"""
import argparse
import json
import math
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

SIZES = dict(V=8192, L=80, N=16, Z=128, D=256, FFN=1024, S=192, layers=4, W=256, blocks=8, source_blocks=2)
BATCH = dict(autoencoder=128, denoiser=256)
HEAD = 64
# name: stage, with a source, with a guess of its own before, share of all steps in the recipe's mix (sources of full length; half of the batches guess)
CELLS = {
    "autoencoder": ("autoencoder", False, False, 1.0),
    "denoiser": ("denoiser", False, False, 0.325),
    "denoiser guess": ("denoiser", False, True, 0.325),
    "denoiser source": ("denoiser", True, False, 0.175),
    "denoiser source guess": ("denoiser", True, True, 0.175),
}

RECIPE = """[model]
name = bench
tokens = 80
latents = 16
latent-width = 128
source-tokens = 192
schedule-d = 2
[tokenizer]
size = 8192
[encoder]
layers = 4
width = 256
heads = 4
ffn = 1024
positions = 256
steps = 1
batch = 1
micro-batch = 1
[autoencoder]
layers = 4
head = 64
ffn = 1024
steps = 1
batch = {autoencoder}
micro-batch = {micro}
latent-noise = 0.7
[denoiser]
layers = 8
width = 256
head = 64
ffn = 1024
source-layers = 2
batch = {denoiser}
micro-batch = {micro}
average = 0.9995
self-condition = {guess}
[task bench]
train = texts.jsonl
valid = texts.jsonl
target = target
{source}
unconditional = 0
"""


# ---- the networks, by the formulas of the paper as src/core/model has them ----


def attend(q, k, v, keep=None):
    q, k, v = (x.unflatten(-1, (-1, HEAD)).transpose(1, 2) if x.dim() == 3 else x for x in (q, k, v))
    mask = None if keep is None else keep[:, None, None, :]
    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask).transpose(1, 2).flatten(2)


class FeedForward(nn.Module):
    def __init__(self, width, inner):
        super().__init__()
        self.norm, self.up, self.down = nn.LayerNorm(width), nn.Linear(width, inner), nn.Linear(inner, width)

    def forward(self, x):
        return self.down(F.gelu(self.up(self.norm(x))))


class EncoderLayer(nn.Module):
    def __init__(self, width, inner):
        super().__init__()
        self.qkv, self.output = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.attention_norm, self.ffn_norm = nn.LayerNorm(width), nn.LayerNorm(width)
        self.up, self.down = nn.Linear(width, inner), nn.Linear(inner, width)

    def forward(self, x, keep):
        x = self.attention_norm(x + self.output(attend(*self.qkv(x).chunk(3, -1), keep)))
        return self.ffn_norm(x + self.down(F.gelu(self.up(x))))


class Encoder(nn.Module):
    def __init__(self, s):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(s["V"], s["D"]), nn.Embedding(256, s["D"])
        self.norm = nn.LayerNorm(s["D"])
        self.layers = nn.ModuleList(EncoderLayer(s["D"], s["FFN"]) for _ in range(s["layers"]))

    @torch.no_grad()
    def forward(self, ids, keep):
        x = self.norm(self.tokens(ids) + self.positions.weight[: ids.shape[1]])
        for layer in self.layers:
            x = layer(x, keep)
        return x.float()


class LatentLayer(nn.Module):
    def __init__(self, context, width, inner):
        super().__init__()
        self.norm_context, self.norm_query = nn.RMSNorm(context), nn.RMSNorm(width)
        self.kv_context = nn.Linear(context, 2 * width, bias=False)
        self.query, self.kv_query = nn.Linear(width, width, bias=False), nn.Linear(width, 2 * width, bias=False)
        self.output = nn.Linear(width, width, bias=False)
        self.head_norm_query, self.head_norm_key = nn.RMSNorm(HEAD), nn.RMSNorm(HEAD)
        self.ffn = FeedForward(width, inner)

    def attention(self, context, y, keep):
        context, y = self.norm_context(context), self.norm_query(y)
        k, v = torch.cat([self.kv_context(context), self.kv_query(y)], 1).chunk(2, -1)
        if keep is not None:
            keep = torch.cat([keep, keep.new_ones(y.shape[:2])], 1)
        q, k = (n(x.unflatten(-1, (-1, HEAD)).transpose(1, 2)) for n, x in ((self.head_norm_query, self.query(y)), (self.head_norm_key, k)))
        return self.output(attend(q, k, v, keep))

    def forward(self, context, y, keep=None):
        y = y + self.attention(context, y, keep)
        return y + self.ffn(y)


class Autoencoder(nn.Module):
    """A step's loss: compressor on spoilt states, decompressor, cross entropy at real tokens plus squared error."""

    def __init__(self, s):
        super().__init__()
        self.positions, self.latents = nn.Parameter(torch.randn(s["L"], s["D"])), nn.Parameter(torch.randn(s["N"], s["D"]))
        self.input_norm, self.output_norm = nn.RMSNorm(s["D"]), nn.RMSNorm(s["Z"])
        self.compressor = nn.ModuleList(LatentLayer(s["D"], s["D"], s["FFN"]) for _ in range(s["layers"]))
        self.projection = nn.Linear(s["D"], s["Z"], bias=False)
        self.queries, self.latent_positions = nn.Parameter(torch.randn(s["L"], s["D"])), nn.Parameter(torch.randn(s["N"], s["Z"]))
        self.decompressor = nn.ModuleList(LatentLayer(s["Z"], s["D"], s["FFN"]) for _ in range(s["layers"]))
        self.head = nn.Linear(s["D"], s["V"], bias=False)

    def forward(self, h, ids, keep, seen):
        x, z = h.clone(), self.input_norm(self.latents).expand(len(h), -1, -1)
        half = len(h) // 2
        x[half:] = 0.7 * x[half:] + math.sqrt(0.51) * torch.randn_like(x[half:])
        x = x + self.positions
        for layer in self.compressor:
            z = layer(x, z, seen)
        z = self.output_norm(self.projection(z))
        z = z + 0.3 * torch.randn_like(z)
        y, context = self.queries.expand(len(h), -1, -1), z * (torch.rand_like(z) > 0.4) + self.latent_positions
        for layer in self.decompressor:
            y = layer(context, y)
        rows = y[keep]
        return F.cross_entropy(self.head(rows).float(), ids[keep]) + F.mse_loss(rows.float(), h[keep])


def rotate(x):
    rate = 10000.0 ** (-torch.arange(0, HEAD, 2).float() / HEAD)
    angle = torch.outer(torch.arange(x.shape[-2]).float(), rate)
    c, s = torch.cat([angle.cos()] * 2, -1).to(x.dtype), torch.cat([angle.sin()] * 2, -1).to(x.dtype)
    a, b = x.chunk(2, -1)
    return x * c + torch.cat([-b, a], -1) * s


class Block(nn.Module):
    def __init__(self, width, inner, cross=False):
        super().__init__()
        self.attention_norm, self.ffn_norm = nn.RMSNorm(width), nn.RMSNorm(width)
        self.qkv, self.output = nn.Linear(width, 3 * width, bias=False), nn.Linear(width, width, bias=False)
        self.gate_up, self.down = nn.Linear(width, 2 * inner, bias=False), nn.Linear(inner, width, bias=False)
        if cross:
            self.cross_norm, self.cross_query = nn.RMSNorm(width), nn.Linear(width, width, bias=False)
            self.cross_kv, self.cross_output = nn.Linear(width, 2 * width, bias=False), nn.Linear(width, width, bias=False)

    def forward(self, x, keep=None, source=None, source_keep=None):
        q, k, v = (t.unflatten(-1, (-1, HEAD)).transpose(1, 2) for t in self.qkv(self.attention_norm(x)).chunk(3, -1))
        x = x + self.output(attend(rotate(q), rotate(k), v, keep))
        if source is not None:
            x = x + self.cross_output(attend(self.cross_query(self.cross_norm(x)), *source.chunk(2, -1), source_keep))
        gate, up = self.gate_up(self.ffn_norm(x)).chunk(2, -1)
        return x + self.down(F.silu(gate) * up)


class Denoiser(nn.Module):
    def __init__(self, s):
        super().__init__()
        W, Z = s["W"], s["Z"]
        self.width = W
        self.input, self.self_input = nn.Linear(Z, W), nn.Linear(Z, W)
        self.time_in, self.time_out, self.tasks = nn.Linear(W, 2 * W), nn.Linear(2 * W, W), nn.Embedding(1, W)
        self.blocks = nn.ModuleList(Block(W, s["FFN"], cross=True) for _ in range(s["blocks"]))
        self.time_layers = nn.ModuleList(nn.Linear(W, W) for _ in range(s["blocks"]))
        self.self_layers = nn.ModuleList(nn.Linear(W, W) for _ in range(s["blocks"]))
        self.output_norm, self.output = nn.RMSNorm(W), nn.Linear(W, Z)
        self.source_input, self.source_norm = nn.Linear(s["D"], W), nn.RMSNorm(W)
        self.source_blocks = nn.ModuleList(Block(W, s["FFN"]) for _ in range(s["source_blocks"]))

    def encode_source(self, h, keep):
        x = self.source_input(h)
        for block in self.source_blocks:
            x = block(x, keep)
        x = self.source_norm(x)
        return [block.cross_kv(x) for block in self.blocks]

    def forward(self, x, t, guess, task, source, keep):
        half = self.width // 2
        angle = t[:, None] * torch.exp(-math.log(10.0) * torch.arange(half) / half)
        e = self.time_out(F.silu(self.time_in(torch.cat([angle.cos(), angle.sin()], -1)))) + self.tasks(task)
        e, y, guess, skips, n = F.silu(e)[:, None], self.input(x), self.self_input(guess), [], len(self.blocks)
        for i, block in enumerate(self.blocks):
            if i < n // 2:
                skips.append(y)
            else:
                y = y + skips.pop()
            y = block(y + self.time_layers[i](e) + self.self_layers[i](guess), None, source[i], keep)
        return self.output(self.output_norm(y))


# ---- PyTorch's side ----


def half():
    return torch.autocast("cpu", torch.bfloat16)


class Twin:
    """A cell in PyTorch. The guess and the step share what they read of the source, as the trainer does."""

    def __init__(self, cell, compiled):
        self.stage, self.has_source, self.guesses, _ = CELLS[cell]
        self.batch = BATCH[self.stage]
        self.encoder = Encoder(SIZES)
        self.model = (Autoencoder if self.stage == "autoencoder" else Denoiser)(SIZES)
        if compiled:
            self.encoder.compile()
            for part in [self.model] if self.stage == "autoencoder" else [*self.model.blocks, *self.model.source_blocks]:
                part.compile()
        self.optimiser = torch.optim.AdamW(self.model.parameters(), 1e-4, (0.9, 0.98), 1e-6, 1e-5, fused=True)
        self.average = [p.detach().clone() for p in self.model.parameters()]

    def autoencoder_loss(self):
        ids = torch.randint(5, SIZES["V"], (self.batch, SIZES["L"]))
        keep = torch.ones(ids.shape, dtype=torch.bool)
        seen = keep.clone()
        seen[: self.batch // 4] &= torch.rand(self.batch // 4, SIZES["L"]) > 0.3
        with half():
            h = self.encoder(ids, keep)
            return self.model(h, ids, keep, seen)

    def denoiser_loss(self):
        S = SIZES["S"] if self.has_source else 2
        clean = torch.randn(self.batch, SIZES["N"], SIZES["Z"])
        t, task = torch.rand(self.batch), torch.zeros(self.batch, dtype=torch.long)
        ids = torch.randint(5, SIZES["V"], (self.batch, S))
        keep = torch.ones(ids.shape, dtype=torch.bool)
        x = clean * (1 - t)[:, None, None] + t[:, None, None] * torch.randn_like(clean)
        guess = torch.zeros_like(clean)
        with half():
            source = self.model.encode_source(self.encoder(ids, keep), keep)
        if self.guesses:  # an autocast block of its own, whose cache of weights must not outlive no_grad
            with torch.no_grad(), half():
                guess = self.model(x, t, guess, task, [s.detach() for s in source], keep).float()
        with half():
            x0 = self.model(x, t, guess, task, source, keep)
        return F.mse_loss(x0.float(), clean)

    def step(self):
        loss = self.autoencoder_loss() if self.stage == "autoencoder" else self.denoiser_loss()
        self.optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimiser.step()
        if self.stage == "denoiser":
            torch._foreach_lerp_(self.average, list(self.model.parameters()), 5e-4)

    def measure(self, steps):
        """Texts a second by the median step, and processor milliseconds of the least."""
        self.step()
        times, processor = [], []
        for _ in range(steps):
            begun, used = time.perf_counter(), time.process_time()
            self.step()
            times.append(time.perf_counter() - begun)
            processor.append(time.process_time() - used)
        return self.batch / statistics.median(times), 1e3 * min(processor)


# ---- the trainer's side ----


def write_texts(folder, rows):
    """Words of made-up syllables, some often and some rarely, more than are read of any text."""
    chance = random.Random(1)
    syllables = [c + v + e for c in "bdfgklmnprst" for v in "aeiou" for e in ("", "n", "r", "s")]
    words = ["".join(chance.choices(syllables, k=chance.choice((1, 2, 2, 3)))) for _ in range(20000)]
    weights = [1 / (i + 10) for i in range(len(words))]
    with open(os.path.join(folder, "texts.jsonl"), "w") as file:
        for _ in range(rows):
            target, source = (" ".join(chance.choices(words, weights, k=n)) for n in (SIZES["L"], SIZES["S"]))
            file.write(json.dumps({"target": target, "source": source}) + "\n")


class Trainer:
    def __init__(self, args, folder):
        self.args, self.folder = args, folder
        write_texts(folder, 512)
        for stage in ("encoder", "autoencoder"):
            self.call("src/cli/cosmos", "train", self.recipe(BATCH["autoencoder"], True, False), "--data", folder, "--out", folder, "--stage", stage)

    def recipe(self, micro, has_source, guesses):
        path = os.path.join(self.folder, "recipe.ini")
        with open(path, "w") as file:
            file.write(RECIPE.format(**BATCH, micro=micro, guess=int(guesses), source="source = source" if has_source else ""))
        return path

    def call(self, program, *words):
        enter = self.args.enter.split() if self.args.enter else []
        found = subprocess.run([*enter, os.path.join(self.args.build, program), *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if found.returncode:
            sys.exit(f"{program}: {found.stderr}")
        return found.stdout

    def measure(self, cell, steps):
        stage, has_source, guesses, _ = CELLS[cell]
        recipe = self.recipe(self.args.micro[stage], has_source, guesses)
        out = self.call("tests/bench/bench-train", recipe, self.folder, self.folder, stage, str(steps), str(self.args.threads))
        found = json.loads(out.splitlines()[-1])
        parts = ", ".join(f"{k[:-3]} {v / found['ms']:.0%}" for k, v in found.items() if k.endswith("_ms") and k != "processor_ms")
        return found["texts_per_second"], found["processor_ms"], parts


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build", help="folder of the build")
    parser.add_argument("--enter", default="", help="command that the build's programs run under, as tools/debian13")
    parser.add_argument("--threads", type=int, default=0, help="of both sides; 0: one a core")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=3, help="of a round, after one that is not counted")
    parser.add_argument("--batch", default="128,256", help="texts of a step of autoencoder and denoiser; few make it quick")
    parser.add_argument("--micro", default="64,128", help="micro-batches of autoencoder and denoiser, the trainer's side")
    parser.add_argument("--cells", default=",".join(CELLS))
    parser.add_argument("--compile", action="store_true", help="PyTorch through torch.compile")
    args = parser.parse_args()
    args.micro = dict(zip(("autoencoder", "denoiser"), map(int, args.micro.split(","))))
    BATCH.update(zip(("autoencoder", "denoiser"), map(int, args.batch.split(","))))
    args.micro = {stage: min(n, BATCH[stage]) for stage, n in args.micro.items()}
    args.threads = args.threads or len(os.sched_getaffinity(0))
    torch.set_num_threads(args.threads)
    print(f"PyTorch {torch.__version__}, {args.threads} threads, bf16{', compiled' if args.compile else ''}")
    seconds = {"autoencoder": [0] * 4, "denoiser": [0] * 4}  # a text: wall clock, then processor, of cosmos and of PyTorch
    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(args, folder)
        for cell in args.cells.split(","):
            twin, ours, theirs = Twin(cell, args.compile), [], []
            for _ in range(args.rounds):
                ours.append(trainer.measure(cell, args.steps))
                theirs.append(twin.measure(args.steps))
            c, p = (statistics.median(r[0] for r in rounds) for rounds in (ours, theirs))
            cpu_c, cpu_p = (min(r[1] for r in rounds) for rounds in (ours, theirs))
            print(f"{cell:22} cosmos {c:7.1f} texts/s  PyTorch {p:7.1f}  ratio {c / p:.2f}   processor ms a step {cpu_c:.0f} / {cpu_p:.0f}, ratio {cpu_p / cpu_c:.2f}   {ours[-1][2]}", flush=True)
            stage, share = CELLS[cell][0], CELLS[cell][3]
            for i, time in enumerate((1 / c, 1 / p, cpu_c * 1e-3 / BATCH[stage], cpu_p * 1e-3 / BATCH[stage])):
                seconds[stage][i] += share * time
    for stage, (c, p, cpu_c, cpu_p) in seconds.items():
        if c and sum(CELLS[cell][3] for cell in args.cells.split(",") if CELLS[cell][0] == stage) > 0.99:
            print(f"{stage} of the recipe's mix: {1 / c:.1f} against {1 / p:.1f} texts/s, ratio {p / c:.2f}; by processor time {cpu_p / cpu_c:.2f}")


main()
