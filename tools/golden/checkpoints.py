#!/usr/bin/env python3
"""Small checkpoints as the COSMOS authors' trainer saves them, and what PyTorch makes of them: tools/golden/checkpoints.py (writes tests/golden/checkpoints/).

autoencoder.pth and diffusion-d=3.pth have the official names, order of tensors and surroundings (optimizer, scheduler, scaler, the averages as a list without
names, versions of modules, tensors that say they were on a GPU) at small sizes; expected.safetensors has inputs and what the networks, written here as PyTorch
modules with those names, give for them. The text encoder is the BertModel of the transformers package. views.pth has tensors that share storages, in
other orders and formats, numbered by arange; legacy.pth is torch.save's layout before 1.6.
"""
import math
import os

import torch
import torch.nn as nn
import torch.nn.functional as F
from safetensors.torch import save_file
from transformers import BertConfig, BertModel

torch.set_num_threads(1)
OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tests", "golden", "checkpoints")
V, L, N, D, HEAD, FFN, LAYERS, POSITIONS, MASK = 40, 12, 5, 16, 4, 24, 2, 16, 4
VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"abcdefghijklmnopqrstuvwxyz.,", *(f"##{c}" for c in "aeiostn")]


# ---- parts ----

class RMSNorm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.gamma = nn.Parameter(1 + 0.2 * torch.randn(width))

    def forward(self, x):
        return x / (x.norm(dim=-1, keepdim=True) / x.shape[-1] ** 0.5).clamp(min=1e-5) * self.gamma


class Table(nn.Module):
    def __init__(self, rows):
        super().__init__()
        self.emb = nn.Embedding(rows, D)

    def forward(self, n):
        return self.emb.weight[:n] * D ** -0.5


class FeedForward(nn.Module):
    def __init__(self):
        super().__init__()
        self.ffd = nn.Sequential(nn.LayerNorm(D), nn.Linear(D, FFN), nn.GELU(), nn.Dropout(0.1), nn.Linear(FFN, D))

    def forward(self, x):
        return self.ffd(x)


class Scale(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale_mlp = nn.Linear(1, 1)

    def forward(self):
        return 1 + self.scale_mlp(torch.ones(1))


def split(x):
    return x.unflatten(-1, (-1, HEAD)).transpose(1, 2)


class LatentAttention(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm_embeddings, self.norm_latents = RMSNorm(D), RMSNorm(D)
        self.embeddings_to_KV, self.latents_to_KV = nn.Linear(D, 2 * D, bias=False), nn.Linear(D, 2 * D, bias=False)
        self.latents_to_Q, self.projector_latents = nn.Linear(D, D, bias=False), nn.Linear(D, D, bias=False)
        self.query_norm, self.key_norm = RMSNorm(HEAD), RMSNorm(HEAD)

    def forward(self, embeddings, latents, keep):
        e, l = self.norm_embeddings(embeddings), self.norm_latents(latents)
        k, v = torch.cat([self.latents_to_KV(l), self.embeddings_to_KV(e)], 1).chunk(2, -1)
        q, k, v = self.query_norm(split(self.latents_to_Q(l))), self.key_norm(split(k)), split(v)
        mask = None if keep is None else torch.cat([keep.new_ones(len(keep), latents.shape[1]), keep], 1)[:, None, None]
        a = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        return self.projector_latents(a.transpose(1, 2).flatten(2))


class Layer(nn.Module):
    def __init__(self, scaled):
        super().__init__()
        self.latent_attn = LatentAttention()
        if scaled:
            self.attn_scale, self.ffn_scale = Scale(), Scale()
        self.ffn_latent = FeedForward()
        self.scaled = scaled

    def forward(self, context, y, keep=None):
        y = y + self.latent_attn(context, y, keep) * (self.attn_scale() if self.scaled else 1)
        return y + self.ffn_latent(y) * (self.ffn_scale() if self.scaled else 1)


# ---- networks ----

class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.latents = nn.Parameter(torch.randn(N, D) * 0.5)
        self.text_encoder = BertModel(BertConfig(vocab_size=V, hidden_size=D, num_hidden_layers=LAYERS, num_attention_heads=D // HEAD, intermediate_size=FFN,
                                                 max_position_embeddings=POSITIONS, hidden_act="gelu", layer_norm_eps=1e-12), add_pooling_layer=False)
        self.positional_emb = Table(max(L, N))
        self.latent_norm = RMSNorm(D)
        self.latent_layers = nn.ModuleList(Layer(False) for _ in range(LAYERS))
        self.output_norm = RMSNorm(D)

    def forward(self, h, keep):
        x, z = h + self.positional_emb(h.shape[1]), self.latent_norm(self.latents).expand(len(h), -1, -1)
        for layer in self.latent_layers:
            z = layer(x, z, keep)
        return self.output_norm(z)


class Decoder(nn.Module):
    def __init__(self, words):
        super().__init__()
        self.positional_emb = Table(max(L, N))
        self.embedding = nn.Embedding(V, D, _weight=words)
        self.embedding_ffn = FeedForward()
        self.layers = nn.ModuleList(Layer(True) for _ in range(LAYERS))
        self.lm_head = nn.Linear(D, V, bias=False)
        self.scale_embedding = Scale()

    def forward(self, z):
        y = self.embedding_ffn(self.embedding.weight[MASK]) * self.scale_embedding() + self.positional_emb(L)
        y, c = y.expand(len(z), -1, -1), z + self.positional_emb(N)
        for layer in self.layers:
            y = layer(c, y)
        return y


def rotate(x):
    """Halves of every head, angles of base 10000."""
    angle = torch.arange(x.shape[-2])[:, None] * 10000.0 ** (-torch.arange(0, HEAD, 2) / HEAD)
    a, b = x.chunk(2, -1)
    return torch.cat([a * angle.cos() - b * angle.sin(), b * angle.cos() + a * angle.sin()], -1)


class SelfAttention(nn.Module):
    def __init__(self):
        super().__init__()
        for name in ("query", "key", "value", "o_proj"):
            setattr(self, name, nn.Linear(D, D, bias=False))

    def forward(self, x):
        a = F.scaled_dot_product_attention(rotate(split(self.query(x))), rotate(split(self.key(x))), split(self.value(x)))
        return self.o_proj(a.transpose(1, 2).flatten(2))


class Gated(nn.Module):
    def __init__(self):
        super().__init__()
        self.gate_proj, self.up_proj, self.down_proj = (nn.Linear(*s, bias=False) for s in ((D, FFN), (D, FFN), (FFN, D)))

    def forward(self, x):
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.self_attn, self.norm_self_attn = SelfAttention(), RMSNorm(D)
        self.mlp, self.norm_mlp = Gated(), RMSNorm(D)

    def forward(self, x):
        x = x + self.self_attn(self.norm_self_attn(x))
        return x + self.mlp(self.norm_mlp(x))


class Skipping(nn.Module):
    def __init__(self):
        super().__init__()
        self.input_blocks = nn.ModuleList(Block() for _ in range(LAYERS))
        self.output_blocks = nn.ModuleList(Block() for _ in range(LAYERS))
        self.time_layers = nn.ModuleList(nn.Sequential(nn.SiLU(), nn.Linear(D, D)) for _ in range(2 * LAYERS))
        self.self_cond_layers = nn.ModuleList(nn.Linear(D, D) for _ in range(2 * LAYERS))
        self.output_norm = RMSNorm(D)

    def forward(self, x, e, s):
        skips = []
        for i, block in enumerate([*self.input_blocks, *self.output_blocks]):
            if i < LAYERS:
                skips.append(x)
            else:
                x = x + skips.pop()
            x = block(x + self.time_layers[i](e)[:, None] + self.self_cond_layers[i](s))
        return self.output_norm(x)


class ScoreEstimator(nn.Module):
    def __init__(self):
        super().__init__()
        self.time_emb = nn.Sequential(nn.Linear(D, 2 * D), nn.SiLU(), nn.Linear(2 * D, D))
        self.encoder = Skipping()

    def forward(self, x, t, s):
        angle = t[:, None] * 10.0 ** (-torch.arange(D // 2) / (D // 2))
        return self.encoder(x, self.time_emb(torch.cat([angle.cos(), angle.sin()], -1)), s)


# ---- files ----

def save(value, name, **how):
    torch.save(value, os.path.join(OUT, name), **how)


def optimiser_of(module, loss):
    found = torch.optim.AdamW([p for p in module.parameters() if p.requires_grad], lr=2e-4, betas=(0.9, 0.98), eps=1e-6, weight_decay=1e-5)
    loss.backward()
    found.step()
    return found.state_dict()


# The flat dictionary of a timm CosineLRScheduler.
SCHEDULER = {"param_group_field": "lr", "_initial_param_group_field": "initial_lr", "base_values": [2e-4], "metric": None, "noise_range_t": None, "noise_pct": 0.67,
             "noise_type": "normal", "noise_std": 1.0, "noise_seed": 42, "t_initial": 100000, "lr_min": 1e-4, "cycle_mul": 1.0, "warmup_prefix": True,
             "t_in_epochs": False, "warmup_steps": [1.9999e-07], "big": 1 << 40}


def write_networks():
    torch.manual_seed(5)
    encoder = Encoder().eval()
    for p in encoder.text_encoder.parameters():
        p.requires_grad_(False)
        p.copy_(torch.randn(p.shape) * (0.2 if p.dim() == 1 else 0.4) + (p if p.dim() == 1 else 0))
    decoder = Decoder(encoder.text_encoder.embeddings.word_embeddings.weight.detach().clone()).eval()
    decoder.embedding.weight.requires_grad_(False)
    score = ScoreEstimator().eval()
    for module in (encoder, decoder, score):
        for name, p in module.named_parameters():
            if name.endswith("scale_mlp.weight") or name.endswith(".bias"):
                p.data.normal_(0, 0.2)

    ids, keep = torch.randint(5, V, (2, L)), torch.arange(L) < torch.tensor([[L], [L - 5]])
    ids[~keep] = 0
    h_mean, h_std = torch.randn(D) * 0.3, 0.5 + torch.rand(D)
    own, target = [(torch.randn(N, D) * 0.3, 0.5 + torch.rand(N, D)) for _ in range(2)]
    optimizer = optimiser_of(encoder.latent_norm, encoder.latent_norm(encoder.latents).sin().mean())
    with torch.no_grad():
        h = encoder.text_encoder(input_ids=ids, attention_mask=keep.long()).last_hidden_state
        z = encoder((h - h_mean) / h_std, keep)
        hidden = decoder(z)
        out = {"in.ids": ids, "in.keep": keep, "out.encoder": h, "out.latents": z, "out.normalised_latents": (z - target[0]) / target[1], "out.hidden": hidden,
               "out.logits": decoder.lm_head(hidden)}
    save({"encoder": encoder.state_dict(), "decoder": decoder.state_dict(), "latent_mean": own[0], "latent_std": own[1], "encodings_mean": h_mean,
          "encodings_std": h_std, "optimizer": optimizer, "scheduler": SCHEDULER,
          "scaler": {"scale": 65536.0, "growth_factor": 2.0, "backoff_factor": 0.5, "growth_interval": 2000, "_growth_tracker": 0}, "step": 100000},
         "autoencoder.pth")

    x, t, guess = torch.randn(2, N, D), torch.tensor([0.07, 0.83]), torch.randn(2, N, D)
    optimizer = optimiser_of(score, score(x, t, guess).pow(2).mean() + score.encoder.output_norm.gamma.sum())
    averages = [p.detach() + 0.05 * torch.randn(p.shape) for p in score.parameters()]
    save({"score_estimator": score.state_dict(), "ema": {"decay": 0.9999, "num_updates": 180000, "shadow_params": averages, "collected_params": None}, "latent_mean": target[0],
          "latent_std": target[1], "optimizer": optimizer, "scheduler": SCHEDULER, "step": 180000}, "diffusion-d=3.pth")
    with torch.no_grad():
        for p, average in zip(score.parameters(), averages):
            p.copy_(average)
        out |= {"in.x": x, "in.t": t, "in.guess": guess, "out.plain": score(x, t, torch.zeros_like(x)), "out.self_conditioned": score(x, t, guess)}
    save_file({k: v.contiguous().float() for k, v in out.items()}, os.path.join(OUT, "expected.safetensors"))
    with open(os.path.join(OUT, "vocab.txt"), "w") as f:
        f.write("\n".join(VOCABULARY) + "\n")


def write_views():
    numbers = torch.arange(24.0)
    table = numbers.reshape(4, 6)
    nested = nn.Linear(2, 3)
    nested.load_state_dict({"weight": torch.arange(6.0).reshape(3, 2), "bias": torch.arange(3.0)})
    save({"whole": table, "row": table[2], "columns": table[:3, 1:4].t(), "every_other": numbers[1::2], "unit": table[:, 2:3], "number": torch.tensor(2.5),
          "none": torch.zeros(0, 3), "half": torch.arange(3.0).half(), "bfloat": torch.arange(3.0).bfloat16(), "cube": numbers.reshape(2, 3, 4).permute(2, 0, 1),
          "parameter": nn.Parameter(torch.arange(2.0)), "nested": nested.state_dict(), "list": [torch.arange(2.0), (torch.arange(3.0), 7)],
          "by_number": {3: {"exp_avg": torch.arange(2.0)}, -1: None}, "double": torch.arange(2.0).double(), "long": torch.arange(2), "flags": torch.tensor([True]),
          "shape": table.shape, "five": torch.zeros(1, 1, 1, 1, 1), "step": 1 << 40, "negative": -70000, "true": True, "false": False, "rate": 0.5, "text": "\u00fc"},
         "views.pth")


def main():
    os.makedirs(OUT, exist_ok=True)
    torch.serialization.register_package(0, lambda storage: "cuda:0", lambda storage, location: storage if location.startswith("cuda") else None)
    write_networks()
    write_views()
    save({"step": 1, "a": torch.arange(2.0)}, "legacy.pth", _use_new_zipfile_serialization=False)


main()
