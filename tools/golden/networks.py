#!/usr/bin/env python3
"""Golden tensors of the networks, made with PyTorch in float32: tools/golden/networks.py (writes tests/golden/networks/).

The formulas are written down here a second time, from the paper's description, as plain functions of a dictionary of parameters. Every file holds
parameters under their own names, inputs ("in."), outputs ("out.") and gradients of a loss ("grad.NAME"); NAME.json holds the sizes. The layers at the
paper's sizes take parameters and inputs from the formula of cosmos_parameters_new_random (), so that only results are stored.
"""
import json
import math
import os

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import save_file

torch.set_num_threads(1)
OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tests", "golden", "networks")


# ---- parts ----

def rms(x, gain):
    """|x| / sqrt(n) is clamped from below."""
    return x / (x.norm(dim=-1, keepdim=True) / gain.numel() ** 0.5).clamp(min=1e-5) * gain


def rms_llama(x, gain):
    return x * torch.rsqrt((x * x).mean(-1, keepdim=True) + 1e-5) * gain


def layer_norm(x, p, name, eps=1e-5):
    return F.layer_norm(x, x.shape[-1:], p[name + ".weight"], p[name + ".bias"], eps)


def linear(x, p, name):
    return F.linear(x, p[name + ".weight"], p.get(name + ".bias"))


def heads_of(x, head):
    """(B, T, heads head) -> (B, heads, T, head)"""
    return x.reshape(*x.shape[:2], -1, head).transpose(1, 2)


def attention(q, k, v, head, keep=None, causal=False):
    q, k, v = heads_of(q, head), heads_of(k, head), heads_of(v, head)
    k, v = (t.repeat_interleave(q.shape[1] // k.shape[1], 1) for t in (k, v))
    scores = q @ k.transpose(-1, -2) / head ** 0.5
    if keep is not None:
        scores = scores.masked_fill(~keep[:, None, None, :], -math.inf)
    if causal:
        scores = scores.masked_fill(torch.ones(scores.shape[-2:]).triu(1).bool(), -math.inf)
    return (scores.softmax(-1) @ v).transpose(1, 2).flatten(2)


def rope(x, head, theta=10000.0, adjacent=False):
    """Pairs (i, i + head / 2), or (2i, 2i + 1)."""
    y = heads_of(x, head)
    angle = torch.arange(x.shape[1])[:, None] * theta ** (-torch.arange(0, head, 2) / head)
    c, s = angle.cos(), angle.sin()
    a, b = (y[..., 0::2], y[..., 1::2]) if adjacent else y.chunk(2, -1)
    a, b = a * c - b * s, a * s + b * c
    y = torch.stack([a, b], -1).flatten(-2) if adjacent else torch.cat([a, b], -1)
    return y.transpose(1, 2).flatten(2)


# ---- networks ----

def encoder_layer(x, p, name, heads, keep, eps):
    q, k, v = linear(x, p, name + ".attention.qkv").chunk(3, -1)
    x = layer_norm(x + linear(attention(q, k, v, x.shape[-1] // heads, keep), p, name + ".attention.output"), p, name + ".attention_norm", eps)
    return layer_norm(x + linear(F.gelu(linear(x, p, name + ".ffn.up")), p, name + ".ffn.down"), p, name + ".ffn_norm", eps)


def encoder(ids, keep, p, c):
    x = p["encoder.token_embedding.weight"][ids] + p["encoder.position_embedding.weight"][: ids.shape[1]]
    x = layer_norm(x, p, "encoder.embedding_norm", c["norm_eps"])
    for i in range(c["layers"]):
        x = encoder_layer(x, p, f"encoder.layers.{i}", c["heads"], keep, c["norm_eps"])
    return x


def latent_attention(context, y, p, name, head, keep=None):
    c, u = rms(context, p[name + ".norm_context.weight"]), rms(y, p[name + ".norm_query.weight"])
    k, v = torch.cat([linear(c, p, name + ".kv_context"), linear(u, p, name + ".kv_query")], 1).chunk(2, -1)
    q = linear(u, p, name + ".query")
    q, k = (rms(t.unflatten(-1, (-1, head)), p[f"{name}.head_norm_{n}.weight"]).flatten(-2) for t, n in ((q, "query"), (k, "key")))
    if keep is not None:
        keep = torch.cat([keep, keep.new_ones(len(keep), y.shape[1])], 1)
    return linear(attention(q, k, v, head, keep), p, name + ".output")


def feed_forward(x, p, name):
    return linear(F.gelu(linear(layer_norm(x, p, name + ".norm"), p, name + ".up")), p, name + ".down")


def branch_scale(p, name):
    return 1 + p[name + ".weight"] + p[name + ".bias"] if name + ".weight" in p else 1


def latent_layer(context, y, p, name, head, keep=None):
    y = y + branch_scale(p, name + ".attention_scale") * latent_attention(context, y, p, name + ".attention", head, keep)
    return y + branch_scale(p, name + ".ffn_scale") * feed_forward(y, p, name + ".ffn")


def compressor(h, keep, p, c):
    x = h + p["compressor.positions"][: h.shape[1]]
    z = rms(p["compressor.latents"], p["compressor.input_norm.weight"]).expand(len(h), -1, -1)
    for i in range(c["layers"]):
        z = latent_layer(x, z, p, f"compressor.layers.{i}", c["head"], keep)
    if "compressor.projection.weight" in p:
        z = linear(z, p, "compressor.projection")
    return rms(z, p["compressor.output_norm.weight"])


def decompressor(z, p, c, tokens):
    if "decompressor.queries" in p:
        y, positions = p["decompressor.queries"], p["decompressor.latent_positions"]
    else:
        table = p["decompressor.positions"] * c["width"] ** -0.5
        mask = feed_forward(p["decompressor.mask_embedding"], p, "decompressor.embedding_ffn")
        y, positions = mask * branch_scale(p, "decompressor.embedding_scale") + table[:tokens], table[: z.shape[1]]
    y = y.expand(len(z), -1, -1)
    for i in range(c["layers"]):
        y = latent_layer(z + positions, y, p, f"decompressor.layers.{i}", c["head"])
    return y


def block(x, p, name, head, keep=None, source=None, source_keep=None, theta=10000.0):
    q, k, v = linear(rms(x, p[name + ".attention_norm.weight"]), p, name + ".attention.qkv").chunk(3, -1)
    x = x + linear(attention(rope(q, head, theta), rope(k, head, theta), v, head, keep), p, name + ".attention.output")
    if source is not None:
        u = rms(x, p[name + ".cross_norm.weight"]) if name + ".cross_norm.weight" in p else x
        k, v = linear(source, p, name + ".cross.kv").chunk(2, -1)
        x = x + linear(attention(linear(u, p, name + ".cross.query"), k, v, head, source_keep), p, name + ".cross.output")
    gate, up = linear(rms(x, p[name + ".ffn_norm.weight"]), p, name + ".ffn.gate_up").chunk(2, -1)
    return x + linear(F.silu(gate) * up, p, name + ".ffn.down")


def encode_source(h, keep, p, c):
    x = linear(h, p, "denoiser.source_input") if "denoiser.source_input.weight" in p else h
    for i in range(c["source_layers"]):
        x = block(x, p, f"denoiser.source_blocks.{i}", c["head"], keep)
    x = rms(x, p["denoiser.source_norm.weight"])
    return x + p["denoiser.source_positions"][: x.shape[1]] if "denoiser.source_positions" in p else x


def denoiser(x, t, guess, tasks, source, source_keep, p, c):
    half = c["width"] // 2
    angle = t[:, None] * 10.0 ** (-torch.arange(half) / half)
    e = linear(F.silu(linear(torch.cat([angle.cos(), angle.sin()], -1), p, "denoiser.time_in")), p, "denoiser.time_out")
    if tasks is not None:
        e = e + p["denoiser.task_embedding.weight"][tasks]
    e, s = F.silu(e)[:, None], torch.zeros_like(x) if guess is None else guess
    if "denoiser.input.weight" in p:
        x, s = linear(x, p, "denoiser.input"), linear(s, p, "denoiser.self_condition_input")
    stack, n = [], c["layers"]
    for i in range(n):
        if i < n // 2:
            stack.append(x)
        else:
            x = x + stack.pop()
        x = x + linear(e, p, f"denoiser.time_layers.{i}") + linear(s, p, f"denoiser.self_condition_layers.{i}")
        x = block(x, p, f"denoiser.blocks.{i}", c["head"], None, source, source_keep)
    x = rms(x, p["denoiser.output_norm.weight"])
    return linear(x, p, "denoiser.output") if "denoiser.output.weight" in p else x


def language_model(ids, p, c):
    x = p["token_embd.weight"][ids]
    for i in range(c["layers"]):
        b = f"blk.{i}."
        u = rms_llama(x, p[b + "attn_norm.weight"])
        q, k, v = (linear(u, p, b + "attn_" + n) for n in "qkv")
        q, k = (rope(t, c["head"], c["rope_theta"], adjacent=True) for t in (q, k))
        x = x + linear(attention(q, k, v, c["head"], causal=True), p, b + "attn_output")
        u = rms_llama(x, p[b + "ffn_norm.weight"])
        x = x + linear(F.silu(linear(u, p, b + "ffn_gate")) * linear(u, p, b + "ffn_up"), p, b + "ffn_down")
    return rms_llama(x, p["output_norm.weight"])


# ---- parameters of small networks ----

class Parameters(dict):
    """Random parameters by name."""

    def matrix(self, name, out, inner, bias=False):
        self[name + ".weight"] = torch.randn(out, inner) / inner ** 0.5
        if bias:
            self[name + ".bias"] = torch.randn(out) * 0.1

    def norm(self, name, width, bias=False):
        self[name + ".weight"] = 1 + 0.2 * torch.randn(width)
        if bias:
            self[name + ".bias"] = torch.randn(width) * 0.1

    def table(self, name, rows, width, scale=0.5):
        self[name] = torch.randn(rows, width) * scale

    def feed_forward(self, name, width, inner):
        self.norm(name + ".norm", width, True)
        self.matrix(name + ".up", inner, width, True)
        self.matrix(name + ".down", width, inner, True)

    def scale(self, name):
        self[name + ".weight"], self[name + ".bias"] = torch.randn(1) * 0.2, torch.randn(1) * 0.2

    def latent_layer(self, name, context, width, head, inner, scaled=False):
        a = name + ".attention"
        self.norm(a + ".norm_context", context)
        self.norm(a + ".norm_query", width)
        self.norm(a + ".head_norm_query", head)
        self.norm(a + ".head_norm_key", head)
        self.matrix(a + ".query", width, width)
        self.matrix(a + ".kv_context", 2 * width, context)
        self.matrix(a + ".kv_query", 2 * width, width)
        self.matrix(a + ".output", width, width)
        self.feed_forward(name + ".ffn", width, inner)
        if scaled:
            self.scale(name + ".attention_scale")
            self.scale(name + ".ffn_scale")

    def block(self, name, width, inner, cross=False, cross_norm=False):
        self.norm(name + ".attention_norm", width)
        self.norm(name + ".ffn_norm", width)
        self.matrix(name + ".attention.qkv", 3 * width, width)
        self.matrix(name + ".attention.output", width, width)
        self.matrix(name + ".ffn.gate_up", 2 * inner, width)
        self.matrix(name + ".ffn.down", width, inner)
        if cross:
            self.matrix(name + ".cross.query", width, width)
            self.matrix(name + ".cross.kv", 2 * width, width)
            self.matrix(name + ".cross.output", width, width)
        if cross_norm:
            self.norm(name + ".cross_norm", width)


def parameters_of(c):
    p, L, N, Z = Parameters(), c["tokens"], c["latents"], c["latent_width"]
    e, a, b, d = c["encoder"], c["compressor"], c["decompressor"], c["denoiser"]
    W = e["width"]
    p.table("encoder.token_embedding.weight", c["vocabulary"], W)
    p.table("encoder.position_embedding.weight", e["positions"], W)
    p.norm("encoder.embedding_norm", W, True)
    for i in range(e["layers"]):
        n = f"encoder.layers.{i}"
        p.matrix(n + ".attention.qkv", 3 * W, W, True)
        p.matrix(n + ".attention.output", W, W, True)
        p.norm(n + ".attention_norm", W, True)
        p.matrix(n + ".ffn.up", e["ffn"], W, True)
        p.matrix(n + ".ffn.down", W, e["ffn"], True)
        p.norm(n + ".ffn_norm", W, True)
    p["encoder.mean"], p["encoder.std"] = torch.randn(W) * 0.3, 0.5 + torch.rand(W)

    p.table("compressor.positions", L, W)
    p.table("compressor.latents", N, W)
    p.norm("compressor.input_norm", W)
    for i in range(a["layers"]):
        p.latent_layer(f"compressor.layers.{i}", W, W, a["head"], a["ffn"])
    if Z != W:
        p.matrix("compressor.projection", Z, W)
    p.norm("compressor.output_norm", Z)

    folded = b["folded"]
    if folded:
        p.table("decompressor.queries", L, W)
        p.table("decompressor.latent_positions", N, Z)
    else:
        p["decompressor.mask_embedding"] = torch.randn(W)
        p.feed_forward("decompressor.embedding_ffn", W, b["ffn"])
        p.scale("decompressor.embedding_scale")
        p.table("decompressor.positions", max(L, N), W, 1.0)
    for i in range(b["layers"]):
        p.latent_layer(f"decompressor.layers.{i}", Z, W, b["head"], b["ffn"], not folded)
    p.matrix("decompressor.head", c["vocabulary"], W)

    w = d["width"]
    if Z != w:
        p.matrix("denoiser.input", w, Z, True)
        p.matrix("denoiser.self_condition_input", w, Z, True)
        p.matrix("denoiser.output", Z, w, True)
    p.matrix("denoiser.time_in", 2 * w, w, True)
    p.matrix("denoiser.time_out", w, 2 * w, True)
    if d["tasks"]:
        p.table("denoiser.task_embedding.weight", d["tasks"], w)
    for i in range(d["layers"]):
        p.block(f"denoiser.blocks.{i}", w, d["ffn"], True, d["cross_norm"])
        p.matrix(f"denoiser.time_layers.{i}", w, w, True)
        p.matrix(f"denoiser.self_condition_layers.{i}", w, w, True)
    p.norm("denoiser.output_norm", w)
    if d["source_input"]:
        p.matrix("denoiser.source_input", w, W, True)
    for i in range(d["source_layers"]):
        p.block(f"denoiser.source_blocks.{i}", w, d["ffn"])
    p.norm("denoiser.source_norm", w)
    if d["source_positions"]:
        p.table("denoiser.source_positions", d["source_positions"], w)
    p["latent.mean"], p["latent.std"] = torch.randn(N, Z) * 0.3, 0.5 + torch.rand(N, Z)
    return p


# ---- files ----

def gradients(loss, p, names):
    return {"grad." + n: g.clone() for n, g in zip(names, torch.autograd.grad(loss, [p[n] for n in names]))}


def write(name, tensors):
    save_file({k: v.detach().contiguous().float() for k, v in tensors.items()}, os.path.join(OUT, name + ".safetensors"))


def write_networks(name, c, seed, trained):
    """All networks of one bundle: two texts of unequal length, two sources."""
    torch.manual_seed(seed)
    p = parameters_of(c)
    constants = ("encoder.", "latent.", "decompressor.mask_embedding")
    for k, v in p.items():
        v.requires_grad_(not k.startswith(constants))
    L, N, Z, d = c["tokens"], c["latents"], c["latent_width"], c["denoiser"]
    ids, real = torch.randint(5, c["vocabulary"], (2, L)), torch.tensor([L, L - 5])
    keep = torch.arange(L) < real[:, None]
    ids[~keep] = 0
    S = c["source_tokens"]
    source_ids, source_keep = torch.randint(5, c["vocabulary"], (2, S)), torch.arange(S) < torch.tensor([[S - 3], [S]])
    out = {"in.ids": ids, "in.keep": keep, "in.source_ids": source_ids, "in.source_keep": source_keep}

    h = encoder(ids, keep, p, c["encoder"])
    normalised = (h - p["encoder.mean"]) / p["encoder.std"]
    z = compressor(normalised, keep, p, c["compressor"])
    hidden = decompressor(z, p, c["decompressor"], L)
    logits = linear(hidden, p, "decompressor.head")
    out |= {"out.encoder": h, "out.normalised": normalised, "out.latents": z, "out.normalised_latents": (z - p["latent.mean"]) / p["latent.std"],
            "out.hidden": hidden, "out.logits": logits}
    loss = F.cross_entropy(logits[keep], ids[keep]) + F.mse_loss(hidden[keep], normalised[keep])
    out["out.autoencoder_loss"] = loss.reshape(1)
    out |= gradients(loss, p, trained["autoencoder"])

    x, t, guess, target = torch.randn(2, N, Z), torch.tensor([0.07, 0.83]), torch.randn(2, N, Z), torch.randn(2, N, Z)
    tasks = torch.tensor([2, 0]) if d["tasks"] else None
    source_h = (encoder(source_ids, source_keep, p, c["encoder"]) - p["encoder.mean"]) / p["encoder.std"]
    source = encode_source(source_h, source_keep, p, d)
    out |= {"in.x": x, "in.t": t, "in.guess": guess, "in.target": target}
    out["out.plain"] = denoiser(x, t, None, tasks, None, None, p, d)
    out["out.self_conditioned"] = denoiser(x, t, guess, tasks, None, None, p, d)
    out["out.sourced"] = found = denoiser(x, t, guess, tasks, source, source_keep, p, d)
    loss = F.mse_loss(found, target)
    out["out.denoiser_loss"] = loss.reshape(1)
    out |= gradients(loss, p, trained["denoiser"])
    write(name, p | out)
    with open(os.path.join(OUT, name + ".json"), "w") as f:
        json.dump(c, f, indent=1)
        f.write("\n")


def write_language_model():
    torch.manual_seed(3)
    c = dict(layers=2, width=32, heads=4, kv_heads=2, head=8, ffn=48, rope_theta=5000.0)
    V, W, K, p = 40, c["width"], c["kv_heads"] * c["head"], Parameters()
    p.table("token_embd.weight", V, W, 1.0)
    for i in range(c["layers"]):
        b = f"blk.{i}."
        p.norm(b + "attn_norm", W)
        p.norm(b + "ffn_norm", W)
        for n, out, inner in (("attn_q", W, W), ("attn_k", K, W), ("attn_v", K, W), ("attn_output", W, W), ("ffn_gate", c["ffn"], W),
                              ("ffn_up", c["ffn"], W), ("ffn_down", W, c["ffn"])):
            p.matrix(b + n, out, inner)
    p.norm("output_norm", W)
    p.matrix("output", V, W)
    ids = torch.randint(0, V, (2, 11))
    for v in p.values():
        v.requires_grad_()
    hidden = language_model(ids, p, c)
    logits = linear(hidden, p, "output")
    loss = F.cross_entropy(logits[:, :-1].flatten(0, 1), ids[:, 1:].flatten())
    out = gradients(loss, p, ["token_embd.weight", "blk.0.attn_q.weight", "blk.1.attn_k.weight", "blk.0.ffn_gate.weight", "output_norm.weight"])
    write("language-model", p | out | {"in.ids": ids, "out.hidden": hidden, "out.logits": logits, "out.loss": loss.reshape(1)})


# ---- layers at the paper's sizes ----

def mix(stream, index):
    z = stream + (index + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ z >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ z >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return z ^ z >> np.uint64(31)


def formula(seed, name, rows, columns, deviation):
    """The numbers of cosmos_parameters_new_random ()."""
    with np.errstate(over="ignore"):
        stream = np.uint64(0xCBF29CE484222325)
        for byte in name.encode():
            stream = (stream ^ np.uint64(byte)) * np.uint64(0x100000001B3)
        words = mix(stream ^ mix(np.uint64(seed), np.uint64(0)), np.arange(rows * columns, dtype=np.uint64))
    total = sum((words >> np.uint64(16 * i) & np.uint64(0xFFFF)).astype(np.int64) for i in range(4))
    unit = np.float32(deviation / math.sqrt(4294967295.0 / 3))
    return torch.from_numpy((total - 131070).astype(np.float32) * unit).reshape(rows, columns)


class Formula(dict):
    """Parameters made when they are asked for: matrices by the formula, gains of 1, biases of 0."""

    def __init__(self, seed, widths):
        self.seed, self.widths = seed, widths

    def get(self, name, default=None):
        return self[name] if name in self else default

    def __contains__(self, name):
        return any(name.endswith(end) for end in self.widths)

    def __missing__(self, name):
        shape = next(shape for end, shape in self.widths.items() if name.endswith(end))
        if isinstance(shape, tuple):
            value = formula(self.seed, name, *shape, 1 / math.sqrt(shape[1]))
        else:
            value = torch.zeros(shape) if name.endswith("bias") else torch.ones(shape)
        self[name] = value
        return value


def write_layers():
    W, I, H = 768, 3072, 64

    def given(name, rows):
        return (formula(7, name, rows, W, 0.02) * 50.0)[None]

    p = Formula(7, {"token_embedding.weight": (32, W), "qkv.weight": (3 * W, W), "qkv.bias": 3 * W, "output.weight": (W, W), "output.bias": W,
                    "up.weight": (I, W), "up.bias": I, "down.weight": (W, I), "down.bias": W, "norm.weight": W, "norm.bias": W})
    p["encoder.position_embedding.weight"] = formula(7, "encoder.position_embedding.weight", 16, W, 0.02)
    ids = (torch.arange(16) * 7 % 32)[None]
    keep = torch.arange(16)[None] < 13
    out = {"out.encoder": encoder(ids, keep, p, dict(layers=1, heads=12, norm_eps=1e-12))}

    p = Formula(7, {"head_norm_query.weight": H, "head_norm_key.weight": H, "norm_context.weight": W, "norm_query.weight": W, "norm.weight": W,
                    "norm.bias": W, "kv_context.weight": (2 * W, W), "kv_query.weight": (2 * W, W), "query.weight": (W, W), "output.weight": (W, W),
                    "up.weight": (I, W), "up.bias": I, "down.weight": (W, I), "down.bias": W})
    keep = torch.arange(32)[None] < 29
    out["out.latent_layer"] = latent_layer(given("context", 32), given("y", 16), p, "compressor.layers.0", H, keep)

    p = Formula(7, {"norm.weight": W, "qkv.weight": (3 * W, W), "output.weight": (W, W), "gate_up.weight": (2 * I, W), "down.weight": (W, I)})
    out["out.block"] = block(given("x", 16), p, "denoiser.blocks.0", H)
    write("paper-layers", out)


def main():
    os.makedirs(OUT, exist_ok=True)
    encoder_sizes = dict(kind="bert", layers=2, width=32, heads=2, ffn=48, positions=16, norm_eps=1e-5)
    schedule = dict(kind="tan", d=2.0, t_start=0.999, t_end=0.05)
    common = dict(format=1, vocabulary=40, tokens=12, latents=5)
    write_networks("folded", dict(
        **common, tasks=["story", "summary", "detox"], latent_width=16, source_tokens=14, encoder=encoder_sizes,
        compressor=dict(layers=2, width=32, head=16, ffn=48), decompressor=dict(layers=2, width=32, head=8, ffn=40, folded=True),
        denoiser=dict(layers=4, width=48, head=16, ffn=56, max_period=10.0, rope_theta=10000.0, tasks=3, source_layers=2, source_positions=15,
                      source_input=True, cross_norm=True), schedule=schedule), 1, {
        "autoencoder": ["compressor.latents", "compressor.positions", "compressor.projection.weight", "compressor.layers.0.attention.kv_context.weight",
                        "compressor.layers.1.attention.head_norm_key.weight", "decompressor.queries", "decompressor.latent_positions",
                        "decompressor.layers.0.ffn.norm.bias", "decompressor.layers.1.attention.query.weight", "decompressor.head.weight"],
        "denoiser": ["denoiser.input.weight", "denoiser.self_condition_input.weight", "denoiser.time_in.weight", "denoiser.task_embedding.weight",
                     "denoiser.blocks.0.attention.qkv.weight", "denoiser.blocks.3.cross.kv.weight", "denoiser.blocks.1.ffn_norm.weight",
                     "denoiser.time_layers.2.bias", "denoiser.source_positions", "denoiser.source_blocks.0.ffn.gate_up.weight",
                     "denoiser.source_input.bias", "denoiser.output.bias"]})
    write_networks("unfolded", dict(
        **common, tasks=["story"], latent_width=32, source_tokens=14, encoder=encoder_sizes, compressor=dict(layers=2, width=32, head=16, ffn=48),
        decompressor=dict(layers=2, width=32, head=16, ffn=48, folded=False),
        denoiser=dict(layers=2, width=32, head=16, ffn=48, max_period=10.0, rope_theta=10000.0, tasks=0, source_layers=1, source_positions=0,
                      source_input=False, cross_norm=False), schedule=schedule), 2, {
        "autoencoder": ["compressor.output_norm.weight", "decompressor.positions", "decompressor.embedding_ffn.up.weight",
                        "decompressor.embedding_scale.bias", "decompressor.layers.0.attention_scale.weight", "decompressor.layers.1.ffn_scale.bias"],
        "denoiser": ["denoiser.self_condition_layers.1.weight", "denoiser.blocks.0.cross.query.weight", "denoiser.output_norm.weight"]})
    write_language_model()
    write_layers()


main()
