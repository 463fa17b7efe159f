#!/usr/bin/env python3
"""Writes the seeds of the fuzz targets: tests/fuzz/make-corpus.py (they are in the tree; run it after a change here).

One generator of (name, bytes) for each target, in SEEDS at the end.
"""

import io
import json
import math
import pathlib
import struct
import zipfile

U8, I8, U16, I16, U32, I32, F32, BOOL, STRING, ARRAY, U64, I64, F64 = range(13)
FORMATS = {U8: "B", I8: "b", U16: "H", I16: "h", U32: "I", I32: "i", F32: "f", BOOL: "B", U64: "Q", I64: "q", F64: "d"}


def gguf_string(text):
    data = text.encode() if isinstance(text, str) else text
    return struct.pack("<Q", len(data)) + data


def gguf_item(kind, value):
    return gguf_string(value) if kind == STRING else struct.pack("<" + FORMATS[kind], value)


def gguf_value(key, kind, value):
    return gguf_string(key) + struct.pack("<I", kind) + gguf_item(kind, value)


def gguf_array(key, kind, items):
    head = gguf_string(key) + struct.pack("<IIQ", ARRAY, kind, len(items))
    return head + b"".join(gguf_item(kind, item) for item in items)


def gguf_tensor(name, lengths, number, offset):
    """lengths: the fastest first."""
    head = gguf_string(name) + struct.pack("<I", len(lengths))
    return head + struct.pack(f"<{len(lengths)}QIQ", *lengths, number, offset)


def gguf_file(values=(), tensors=(), data=b"", alignment=32, version=3):
    head = b"GGUF" + struct.pack("<IQQ", version, len(tensors), len(values)) + b"".join(values) + b"".join(tensors)
    return head + bytes(-len(head) % alignment) + data


def gguf():
    samples = {U8: 200, I8: -1, U16: 60000, I16: -3, U32: 1 << 31, I32: -5, F32: 0.5, BOOL: 1, U64: (1 << 64) - 1, I64: -7, F64: 1e300,
               STRING: "text"}
    yield "empty", gguf_file()
    yield "values", gguf_file([gguf_value(f"k.{kind}", kind, value) for kind, value in samples.items()])
    yield "arrays", gguf_file([gguf_array(f"a.{kind}", kind, [value] * 3) for kind, value in samples.items()])
    yield "no-text", gguf_file([gguf_value("k", STRING, b"\xff\0"), gguf_array("a", STRING, [b"", b"\xc3", "\u00fc"])])
    formats = [(0, 4), (1, 2), (30, 2), (8, 34), (2, 18), (3, 20), (6, 22), (7, 24)]  # number, bytes of a block
    tensors, offset = [], 0
    for number, size in formats:
        tensors.append(gguf_tensor(f"t.{number}", [32, 2], number, offset))
        offset += -(-64 * size // (1 if size < 16 else 32) // 32) * 32
    yield "tensors", gguf_file(tensors=tensors, data=bytes(i % 251 for i in range(offset)))
    yield "aligned", gguf_file([gguf_value("general.alignment", U32, 64)],
                               [gguf_tensor("scalar", [], 0, 0), gguf_tensor("cube", [1, 2, 1, 2], 0, 64)], bytes(80), 64)
    yield "version-2", gguf_file([gguf_value("general.architecture", STRING, "cosmos")], version=2)
    yield "nested", gguf_file([gguf_string("n") + struct.pack("<IIQIQB", ARRAY, ARRAY, 1, U8, 1, 1)])
    yield "twice", gguf_file([gguf_value("same", U8, 1)] * 2)
    yield "huge-array", gguf_file([gguf_string("a") + struct.pack("<IIQ", ARRAY, U64, (1 << 61) + 1)])
    yield "huge-shape", gguf_file(tensors=[gguf_tensor("t", [1 << 32, 1 << 32], 0, 0)], data=bytes(32))
    for name, number, size in ("q4-k", 12, 144), ("q5-k", 13, 176), ("q6-k", 14, 210):
        yield name, gguf_file(tensors=[gguf_tensor("t", [256], number, 0)], data=bytes(i % 251 for i in range(-(-size // 32) * 32)))
    yield "q3-k", gguf_file(tensors=[gguf_tensor("t", [256], 11, 0)], data=bytes(128))


def language_file(architecture, values, shapes, tokenizer=()):
    """A model of one layer, all its numbers the same; shapes: the fastest first."""
    tensors, offset = [], 0
    for name, shape in shapes.items():
        tensors.append(gguf_tensor(name, shape, 0, offset))
        offset += -(-4 * math.prod(shape) // 32) * 32
    keys = [gguf_value("general.architecture", STRING, architecture)] + [gguf_value(f"{architecture}.{key}", F32 if isinstance(value, float) else U32, value)
                                                                        for key, value in values.items()]
    words = [gguf_value("tokenizer.ggml.model", STRING, "gpt2"), gguf_array("tokenizer.ggml.tokens", STRING, ["<s>", "a", "b", "ab"]),
             gguf_array("tokenizer.ggml.token_type", I32, [3, 1, 1, 1]), gguf_array("tokenizer.ggml.merges", STRING, ["a b"]),
             gguf_value("tokenizer.ggml.eos_token_id", U32, 0)]
    return gguf_file(keys + words + list(tokenizer), tensors, struct.pack("<f", 0.125) * (offset // 4))


def language_model():
    W, F, V, C = 8, 12, 4, 6
    sizes = {"block_count": 1, "context_length": C, "embedding_length": W, "feed_forward_length": F, "attention.head_count": 2}
    b, llama = "blk.0.", {"token_embd.weight": [W, V], "output_norm.weight": [W], "output.weight": [W, V]}
    llama |= {b + name + ".weight": shape for name, shape in {"attn_norm": [W], "attn_q": [W, W], "attn_k": [W, W // 2], "attn_v": [W, W // 2], "attn_output": [W, W],
              "ffn_norm": [W], "ffn_gate": [W, F], "ffn_up": [W, F], "ffn_down": [F, W]}.items()}
    llama_sizes = sizes | {"attention.head_count_kv": 1, "attention.layer_norm_rms_epsilon": 1e-5, "rope.freq_base": 1e4}
    gpt2 = {"token_embd.weight": [W, V], "position_embd.weight": [W, C], "output_norm.weight": [W], "output_norm.bias": [W]}
    for name, shape in {"attn_norm": [W], "attn_qkv": [W, 3 * W], "attn_output": [W, W], "ffn_norm": [W], "ffn_up": [W, F], "ffn_down": [F, W]}.items():
        gpt2 |= {b + name + ".weight": shape, b + name + ".bias": shape[-1:]}
    gpt2_sizes = sizes | {"attention.layer_norm_epsilon": 1e-5}
    tasks = [gguf_array("cosmos.tasks", STRING, ["story", "detox"]), gguf_array("cosmos.task_tokens", I32, [1, 2]), gguf_array("cosmos.task_source_tokens", I32, [2, 4])]
    yield "llama", language_file("llama", llama_sizes, llama)
    yield "gpt2", language_file("gpt2", gpt2_sizes, gpt2)
    yield "tasks", language_file("llama", llama_sizes, llama, tasks)
    yield "chat", language_file("gpt2", gpt2_sizes, gpt2, [gguf_value("tokenizer.chat_template", STRING, "{{ messages }}<|im_start|><|im_end|>")])
    yield "heads", language_file("gpt2", gpt2_sizes | {"attention.head_count_kv": 1}, gpt2)
    yield "no-positions", language_file("gpt2", gpt2_sizes | {"context_length": 1 << 20}, gpt2)
    yield "no-width", language_file("llama", llama_sizes | {"embedding_length": 0}, llama)
    yield "bert", language_file("bert", llama_sizes, llama)


def safetensors_file(header, data=b""):
    text = header if isinstance(header, str) else json.dumps(header, separators=(",", ":"))
    return struct.pack("<Q", len(text.encode())) + text.encode() + data


def safetensors():
    def tensor(dtype, shape, begin, end):
        return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}

    yield "empty", safetensors_file("{}")
    yield "good", safetensors_file({"__metadata__": {"format": "pt"}, "a": tensor("F32", [1, 2], 0, 8), "b": tensor("F16", [3], 8, 14),
                                    "c": tensor("BF16", [], 14, 16), "d": tensor("I64", [1], 16, 24), "e": tensor("F32", [0], 24, 24)},
                                   bytes(range(24)))
    yield "order", safetensors_file({"b": tensor("F16", [1], 2, 4), "a": tensor("F16", [1], 0, 2)}, bytes(4))
    yield "padded", safetensors_file('{"a":{"shape":[2],"data_offsets":[0,2],"dtype":"F8_E4M3"}}   ', bytes(2))
    yield "rank-5", safetensors_file({"a": tensor("F32", [1, 1, 1, 1, 1], 0, 4)}, bytes(4))
    yield "gap", safetensors_file({"a": tensor("F32", [1], 4, 8)}, bytes(8))
    yield "overlap", safetensors_file({"a": tensor("F32", [2], 0, 8), "b": tensor("F32", [1], 4, 8)}, bytes(8))
    yield "huge-shape", safetensors_file({"a": tensor("F32", [1 << 62, 4], 0, 0)})
    yield "huge-offset", safetensors_file({"a": tensor("F32", [1], (1 << 64) - 5, (1 << 64) - 1)})
    yield "twice", safetensors_file('{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"a":{}}', bytes(4))
    yield "escapes", safetensors_file('{"\\u00fc\\n\\"":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"\\u0000":{}}')


TEXTS = {"english": "It's a cat, the <x>cats sat.\n\n 1984! [SEP]", "scripts": "Stra\u00dfe caf\u00e9 cafe\u0301 \u0130 \u05e9\u05dc\u05d5\u05dd \u732b\ud55c",
         "odd": "\u200d\u200b\ufffd\u0001\u00a0\u2014\u2026 \U0001f469\u200d\U0001f4bb" + "x" * 101}


def byte_alphabet():
    plain = [b for b in range(256) if 0x20 < b < 0x7f or 0xa0 < b and b != 0xad]
    others = [b for b in range(256) if b not in plain]
    return [chr(b) if b in plain else chr(0x100 + others.index(b)) for b in range(256)]


def tokenizer_json():
    space = "\u0120"
    vocabulary = {token: number for number, token in enumerate(byte_alphabet() + ["th", "the", space + "the", "at", "cat"])}
    merges = [["t", "h"], "th e", [space, "the"], "a t", "c at"]
    level = {"type": "ByteLevel", "add_prefix_space": False}
    bpe = {"added_tokens": [{"id": len(vocabulary), "content": "<x>", "normalized": False}, {"id": len(vocabulary) + 1, "content": "[SEP]", "special": True}],
           "pre_tokenizer": level, "decoder": {"type": "ByteLevel"}, "model": {"type": "BPE", "vocab": vocabulary, "merges": merges}}
    digits = {"type": "Sequence", "pretokenizers": [{"type": "Digits", "individual_digits": True}, level]}
    small = {"type": "BPE", "unk_token": None, "vocab": {"a": 0, "t": 1, "at": 2}, "merges": ["a t"]}
    pieces = ["[UNK]", "[SEP]", "the", "cat", "##s", "s", "##at", "x", "##x", "'"]
    wordpiece = {"added_tokens": [{"id": 0, "content": "[UNK]", "special": True}], "normalizer": {"type": "BertNormalizer", "lowercase": True},
                 "pre_tokenizer": {"type": "BertPreTokenizer"}, "decoder": {"type": "WordPiece"},
                 "model": {"type": "WordPiece", "unk_token": "[UNK]", "vocab": {token: number for number, token in enumerate(pieces)}}}
    files = {"bpe": bpe, "bpe-digits": bpe | {"pre_tokenizer": digits}, "bpe-space": bpe | {"pre_tokenizer": {"type": "ByteLevel"}, "model": small, "added_tokens": []},
             "wordpiece": wordpiece, "unigram": {"model": {"type": "Unigram", "vocab": [["a", -1.0]]}}}
    for name, value in files.items():
        for kind, text in TEXTS.items():
            yield f"{name}-{kind}", json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode() + b"\0" + text.encode()
    yield "no-text", json.dumps(wordpiece).encode()
    yield "no-utf8", json.dumps(wordpiece).encode() + b"\0caf\xe9"


def wordpiece():
    vocabulary = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\ncat\n##s\ns\n##at\n.\n'\nstra\n##\u00df\n##e\ncafe\nx\n##x\n\u732b\n"
    for kind, text in TEXTS.items():
        yield kind, vocabulary.encode() + b"\0" + text.encode()
    yield "line-ends", b"[UNK]\r\na \r\n##b\0ab a"
    yield "empty-line", b"[UNK]\n\na\0a"
    yield "twice", b"[UNK]\na\na\n\0a"
    yield "no-unknown", b"a\nb\0a"
    yield "no-utf8", b"[UNK]\n\xff\0a\xc3"


def catalog():
    file = {"name": "a.gguf", "url": "https://example.org/a.gguf", "size": 5, "sha256": "0123456789abcdef" * 4}
    model = {"id": "a", "name": "A", "kind": "bundle", "files": [file]}
    full = model | {"description": "D", "tasks": ["story"], "parameters": 7, "license": "MIT", "source": "https://example.org/", "card": "One.\nTwo."}
    two = model | {"files": [{"name": name, "url": f"http://127.0.0.1:8/{name}"} for name in ("b", "\u6a21")]}
    for name, models in {"one": [model], "full": [full], "two": [model, two | {"id": "b"}], "none": []}.items():
        yield name, json.dumps({"version": 1, "models": models}, separators=(",", ":")).encode()
    for name, change in {"name": {"name": "../a"}, "address": {"url": "http://[::1]@example.org#x"}, "size": {"size": 1 << 70}, "checksum": {"sha256": "x"}}.items():
        yield "bad-" + name, json.dumps({"version": 1, "models": [model | {"files": [file | change]}]}, separators=(",", ":")).encode()
    yield "deep", b"[" * 2000
    yield "half-character", b'{"a"\xd4\x98'
    yield "newer", b'{"version":2}'
    yield "no-utf8", b'{"version":1,"models":"\xff"}'
    yield "zero", b'{"version":1,"models":[{"id":"\\u0000"}]}'


def response():
    yield "whole", b'HTTP/1.1 200 OK\r\nETag: "a"\r\nLast-Modified: Sun, 09 Sep 2001 01:46:40 GMT\r\nContent-Length: 15\r\n'
    yield "part", b'HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 5-14/15\r\nContent-Length: 10\r\n'
    yield "chunks", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n"
    yield "redirect", b"HTTP/2 302\r\nlocation: ../b?c#d\r\n"
    yield "lesser", b"HTTP/2 301\r\nlocation: http://localhost/\r\n"
    yield "later", b"HTTP/1.1 429 Slow\r\nRetry-After: Sun, 09 Sep 2001 01:47:40 GMT\r\n"
    yield "early", b"HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 416 No\r\nContent-Range: bytes */15\r\n"
    yield "garbage", bytes(range(256))


def lesson():
    question = {"text": "Q?", "answers": [{"text": "no", "why": "N."}, {"text": "yes", "right": True}]}
    step = {"title": "S", "text": "One.\n\nTwo.", "page": "denoise", "picture": "path", "noisy": True, "run": True, "show": 12, "hide": ["sessions"],
            "settings": {"task": "story", "source": "\u6a21", "seed": 7, "sampler": "ddim", "guidance": 1.5, "self-conditioning": False},
            "question": question}
    whole = {"version": 1, "id": "a", "title": "T", "about": "A.", "minutes": 5, "steps": [step, {"text": "x", "page": "explore", "experiment": "edit"}]}
    changes = {"whole": {}, "version": {"version": 2}, "none": {"steps": []}, "numbers": {"steps": [1, 2]}, "text": {"steps": [{}]},
               "settings": {"steps": [step | {"settings": {"steps": 1e300}}]}, "unknown": {"steps": [step | {"pages": 1}]}, "large": {"steps": [step | {"show": 1e90}]},
               "answers": {"steps": [step | {"question": question | {"answers": [{"text": "a"}] * 7}}]}}
    for name, change in changes.items():
        yield name, json.dumps(whole | change, separators=(",", ":"), ensure_ascii=False).encode()
    yield "cut", json.dumps(whole).encode()[:-30]
    yield "no-utf8", b'{"id":"a","title":"\xff","steps":[{"text":"x"}]}'


def study_result():
    columns = [{"key": "sigma", "label": "sigma", "digits": 2}, {"key": "mse", "label": "MSE"}]
    table = {"key": "noise", "title": "T", "row_label": "model", "columns": columns,
             "rows": [{"name": "M", "sigma": 0, "mse": 0.5}, {"name": "\u6a21", "sigma": None, "mse": 1e300}]}
    expectations = {"key": "expectations", "columns": [{"key": key} for key in ("bound", "measured", "holds")], "rows": [{"name": "e", "holds": 1}]}
    study = {"verb": "study", "what": "noise", "facts": {"model": "M", "seed": 0}, "tables": [table, expectations],
             "charts": [{"table": "noise", "x": "sigma", "y": "mse", "log_x": True}], "notes": ["One."]}
    changes = {"whole": {}, "evaluate": {"verb": "evaluate", "what": "story"}, "other": {"verb": "generate"}, "facts": {"facts": [1]},
               "chart": {"charts": [{"table": "noise", "x": "sigma", "y": "bleu"}]}, "columns": {"tables": [table | {"columns": columns * 30}]},
               "number": {"tables": [table | {"rows": [{"sigma": "0"}]}]}, "none": {"tables": [], "charts": []}}
    for name, change in changes.items():
        yield name, json.dumps(study | change, separators=(",", ":"), ensure_ascii=False).encode()
    yield "cut", json.dumps(study).encode()[:-30]
    yield "deep", b"[" * 2000
    yield "no-utf8", b'{"verb":"study","what":"\xff"}'
    yield "zero", b'{"verb":"study","what":"a\\u0000"}'


LATENTS = bytes.fromhex("28b52ffd20021100000000")  # one number in f16: a zstd frame with a raw block


def run_json(*runs, version=1):
    least = {"id": "6ba7b810-9dad-41d1-80b4-00c04fd430c8", "seed": "18446744073709551615", "state": "done"}
    return json.dumps({"format": "cosmosrun", "version": version, "runs": [least | run for run in runs]}, separators=(",", ":"), ensure_ascii=False).encode()


def zip_file(*files, method=zipfile.ZIP_STORED):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in files:
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return target.getvalue()


def cosmosrun():
    step = {"step": 0, "t": 1, "alpha": 0.25, "sigma": 0.75, "change": 0, "seconds": 0.01, "text": "An \u00f6wl", "confidence": 0.5, "entropy": 2.5, "changed": 3,
            "settled": 1, "token_ids": [101, 70000], "token_probabilities": [1, 0.25]}
    latents = {"step": -1, "noisy": False, "n": 1, "width": 1, "file": "latents/0.zst"}
    full = {"parent": "6ba7b811-9dad-41d1-80b4-00c04fd430c8", "branched": 1, "task": "story", "source": "s", "settings": {"steps": 2, "a": [{"b": None}]},
            "model": "Story", "model_sha256": "00", "engine": "f32", "program": "0.1.0", "started": 1700000000000000, "seconds": 1.5, "error": "", "title": "T",
            "note": "n", "tags": ["a", "b"], "output": "o", "output_hash": "ff", "steps": [step, {"step": 1}], "latents": [latents]}
    other = {"id": "6ba7b812-9dad-41d1-80b4-00c04fd430c8", "settings": {"steps": 2.0, "c": "x"}}
    bookmarks = [{"step": 0, "title": "The owl", "made": 1700000000000000}, {"step": 3}]
    written = {"id": "6ba7b812-9dad-41d1-80b4-00c04fd430c8", "kind": "autoregressive", "part": True, "output": "An owl", "settings": {"temperature": 1.0},
               "steps": [{"step": 0, "text": "An", "seconds": 0.01, "confidence": 0.5, "token_ids": [7], "token_probabilities": [0.5]}, {"step": 1, "text": " owl"}]}
    column = {"run": written["id"], "variation": "autoregressive", "tokens": 2, "seconds": 0.5, "perplexity": 12.5, "diversity": 1, "rouge_1": 0, "rouge_2": 0,
              "rouge_l": 0.5, "bleu": 0.25, "problem": "", "own_judge": True}
    comparison = {"kind": "comparison", "columns": [column, {}], "judge": "J", "reference": "R", "output": "An owl", "bookmarks": bookmarks}
    yield "json-least", run_json({})
    yield "json-full", run_json(full, other)
    yield "json-newer", run_json({}, version=3)
    yield "json-twice", run_json({}, {})
    yield "json-bookmarks", run_json({"bookmarks": bookmarks}, version=2)
    yield "json-bookmarks-kinds", run_json({"bookmarks": [{"step": "0"}, 7, {"step": 1 << 40}]}, version=2)
    yield "json-comparison", run_json(comparison, written, version=2)
    yield "json-comparison-alone", run_json(comparison, version=2)
    yield "json-comparison-itself", run_json(comparison | {"columns": [{"run": "6ba7b810-9dad-41d1-80b4-00c04fd430c8"}] * 16, "part": True}, version=2)
    yield "json-comparison-kinds", run_json({"kind": "comparison", "columns": [{"run": 7, "tokens": -1, "perplexity": "1", "own_judge": 2}]}, version=2)
    yield "json-huge", run_json({"latents": [latents | {"n": 1 << 31, "width": 1 << 31}], "branched": -1, "started": 1 << 62})
    yield "json-deep", run_json({"settings": {"a": "x"}}).replace(b'"x"', b"[" * 40 + b"]" * 40)
    yield "json-kinds", run_json({"title": 1, "tags": "x", "steps": {}, "settings": [], "seconds": "1"})
    yield "json-no-utf8", run_json({"title": "x"}).replace(b'"x"', b'"\xff"')
    good = [("run.json", run_json(full, other)), ("latents/0.zst", LATENTS)]
    yield "zip", zip_file(*good)
    yield "zip-comparison", zip_file(("run.json", run_json(comparison, written, version=2)))
    yield "zip-deflated", zip_file(*good, method=zipfile.ZIP_DEFLATED)
    yield "zip-no-latents", zip_file(good[0])
    yield "zip-no-runs", zip_file(good[1])
    yield "zip-outside", zip_file(*good, ("../run.json", b"x"))
    yield "zip-twice", zip_file(*good, ("latents/1.zst", LATENTS)).replace(b"latents/1", b"latents/0")
    yield "zip-bomb", zip_file(("run.json", bytes(4 << 20)), method=zipfile.ZIP_DEFLATED)
    yield "zip-cut", zip_file(*good)[:-30]


def bert_shapes(layers=1, d=2, f=2):
    """Hugging Face's names of a BERT of the fuzz target's 8 tokens."""
    shapes = {"embeddings.word_embeddings.weight": [8, d], "embeddings.position_embeddings.weight": [4, d], "embeddings.token_type_embeddings.weight": [2, d],
              "embeddings.LayerNorm.weight": [d], "embeddings.LayerNorm.bias": [d]}
    for i in range(layers):
        for name, out, width in (("attention.self.query", d, d), ("attention.self.key", d, d), ("attention.self.value", d, d), ("attention.output.dense", d, d),
                                 ("intermediate.dense", f, d), ("output.dense", d, f)):
            shapes |= {f"encoder.layer.{i}.{name}.weight": [out, width], f"encoder.layer.{i}.{name}.bias": [out]}
        for name in ("attention.output.LayerNorm", "output.LayerNorm"):
            shapes |= {f"encoder.layer.{i}.{name}.weight": [d], f"encoder.layer.{i}.{name}.bias": [d]}
    return shapes


def weights_folder(config, shapes):
    header, at = {}, 0
    for name, shape in shapes.items():
        size = 2 * shape[0] * (shape[1] if len(shape) > 1 else 1)
        header[name] = {"dtype": "F16", "shape": shape, "data_offsets": [at, at + size]}
        at += size
    return config.encode() + b"\0" + safetensors_file(header, bytes(at))


def weights():
    good = bert_shapes()
    yield "good", weights_folder('{"model_type":"bert","num_attention_heads":1,"layer_norm_eps":1e-12}', good)
    yield "bare", weights_folder("", good)[1:]
    yield "spelling", weights_folder('{"architectures":["BertForMaskedLM"]}', {"bert." + k.replace("Norm.weight", "Norm.gamma").replace("Norm.bias", "Norm.beta"): v
                                                                                for k, v in good.items()} | {"cls.predictions.bias": [8]})
    yield "types", weights_folder("{}", good | {"embeddings.token_type_embeddings.weight": [0, 2]})
    yield "shape", weights_folder("{}", good | {"encoder.layer.0.attention.self.key.weight": [4, 1]})
    yield "more", weights_folder("{}", good | {"encoder.layer.0.extra.weight": [1]})
    yield "less", weights_folder("{}", {k: v for k, v in good.items() if "output.dense.bias" not in k})
    yield "heads", weights_folder('{"num_attention_heads":3}', good)
    yield "roberta", weights_folder('{"model_type":"roberta"}', good)
    yield "llama", weights_folder('{"architectures":["LlamaForCausalLM"],"num_hidden_layers":-1,"hidden_size":1e300}', {"model.embed_tokens.weight": [8, 2]})
    yield "card", weights_folder("---\nlicense: 'mit'\n---\n", good)
    yield "torch", b"{}\0PK\3\4archive/data.pkl"


def pickled_text(text):
    data = text.encode()
    return b"X" + struct.pack("<I", len(data)) + data


def pickled_dict(*pairs):
    return b"}(" + b"".join(pickled_text(name) + value for name, value in pairs) + b"u"


ORDERED = b"ccollections\nOrderedDict\n)R"


def pickled_tensor(shape=(2, 3), strides=(3, 1), offset=0, numbers=6, kind="Float", key="0", parameter=False):
    def sizes(values):
        return b"(" + b"".join(b"K" + bytes([value]) for value in values) + b"t"

    storage = b"(" + pickled_text("storage") + f"ctorch\n{kind}Storage\n".encode() + pickled_text(key) + pickled_text("cuda:0") + b"K" + bytes([numbers]) + b"tQ"
    tensor = b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage + b"K" + bytes([offset]) + sizes(shape) + sizes(strides) + b"\x89" + ORDERED + b"tR"
    return b"ctorch._utils\n_rebuild_parameter\n(" + tensor + b"\x88" + ORDERED + b"tR" if parameter else tensor


def pickled(value):
    return b"\x80\x02" + value + b"."


def pickles():
    one = pickled_tensor()
    yield "empty", pickled(b"}")
    yield "tensor", pickled(pickled_dict(("a", one)))
    yield "views", pickled(pickled_dict(("t", pickled_tensor((3, 2), (1, 3))), ("part", pickled_tensor((2,), (1,), 4)), ("number", pickled_tensor((), (), 5)),
                                        ("none", pickled_tensor((0, 3), (3, 1))), ("unit", pickled_tensor((1, 2), (99, 1))), ("half", pickled_tensor(kind="Half", key="1")),
                                        ("long", pickled_tensor(kind="Long", key="2")), ("five", pickled_tensor((1,) * 5, (1,) * 5))))
    yield "parameter", pickled(pickled_dict(("p", pickled_tensor(parameter=True))))
    yield "state", pickled(pickled_dict(("encoder", ORDERED + b"(" + pickled_text("x.weight") + one + pickled_text("x.bias") + pickled_tensor((3,), (1,)) + b"u"
                                         + pickled_dict(("_metadata", ORDERED)) + b"b"), ("step", b"J\x10\x27\0\0")))
    yield "averages", pickled(pickled_dict(("ema", pickled_dict(("decay", b"G\x3f\xef\xff\x2e\x48\xe8\xa7\x1e"), ("shadow_params", b"](" + one * 2 + b"e"),
                                                                ("collected_params", b"N")))))
    yield "optimizer", pickled(pickled_dict(("state", b"}K\0" + pickled_dict(("step", one), ("exp_avg", one)) + b"s"),
                                            ("param_groups", b"]" + pickled_dict(("betas", b"G" + bytes(8) + b"G" + bytes(8) + b"\x86"), ("params", b"](K\0K\1e")) + b"a")))
    yield "values", pickled(b"](N\x88\x89J\xff\xff\xff\xffK\1M\1\2\x8a\5\0\0\0\0\1G" + bytes(8) + b"X\2\0\0\0\xc3\xbc)K\1\x85K\1K\2\x86K\1K\2K\3\x87ctorch\nSize\n)\x85Re")
    yield "memo", pickled(b"}q\0X\1\0\0\0aq\1]q\2(h\1h\2j\1\0\0\0er\3\0\0\0s")
    yield "itself", pickled(b"}X\1\0\0\0a]q\1h\1as")
    yield "twice", pickled(pickled_dict(("a.b", one), ("a", pickled_dict(("b", one)))))
    yield "over-the-end", pickled(pickled_dict(("a", pickled_tensor(offset=1))))
    yield "blown-up", pickled(pickled_dict(("a", pickled_tensor((255, 255), (0, 0)))))
    yield "no-storage", pickled(pickled_dict(("a", pickled_tensor(key="9"))))
    yield "system", pickled(b"cposix\nsystem\n" + pickled_text("ls") + b"\x85R")
    yield "inst", pickled(b"(S'ls'\nios\nsystem\n")
    yield "protocol-4", b"\x80\x04\x95\2\0\0\0\0\0\0\0}\x94."


def torch_archives():
    numbers = struct.pack("<6f", *range(6))
    tensor = pickled(pickled_dict(("a", pickled_tensor()), ("b", pickled_tensor((3, 2), (1, 3)))))
    good = [("x/data.pkl", tensor), ("x/byteorder", b"little"), ("x/data/0", numbers), ("x/version", b"3\n")]
    yield "good", zip_file(*good)
    yield "least", zip_file(good[0], good[2])
    yield "formats", zip_file(("archive/data.pkl", pickled(pickled_dict(("h", pickled_tensor((2,), (3,), 1, kind="Half", key="1")), ("l", pickled_tensor(kind="Long", key="2"))))),
                              ("archive/data/1", bytes(12)), ("archive/data/2", bytes(48)))
    yield "big", zip_file(good[0], ("x/byteorder", b"big"), good[2])
    yield "deflated", zip_file(*good, method=zipfile.ZIP_DEFLATED)
    yield "outside", zip_file(*good, ("../x", b"x"))
    yield "no-pickle", zip_file(good[2])
    yield "no-storage", zip_file(good[0])
    yield "program", zip_file(*good, ("x/constants.pkl", b""))
    yield "two-folders", zip_file(*good, ("y/data/1", b""))
    yield "bad-sum", zip_file(*good).replace(numbers, bytes(24))
    yield "cut", zip_file(*good)[:-30]
    yield "tar", bytes(257) + b"ustar" + bytes(250)
    yield "legacy", b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19." + b"\x80\x02M\xe9\x03."


SEEDS = {
    "catalog": catalog,
    "cosmosrun": cosmosrun,
    "gguf": gguf,
    "language-model": language_model,
    "pickle": pickles,
    "lesson": lesson,
    "response": response,
    "safetensors": safetensors,
    "study-result": study_result,
    "tokenizer-json": tokenizer_json,
    "weights": weights,
    "torch-archive": torch_archives,
    "wordpiece": wordpiece,
}

for target, seeds in SEEDS.items():
    folder = pathlib.Path(__file__).parent / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in seeds():
        (folder / name).write_bytes(data)
