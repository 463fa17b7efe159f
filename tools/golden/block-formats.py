#!/usr/bin/env python3
"""Writes tests/golden/block-formats.gguf: tools/golden/block-formats.py (needs the package gguf, which reads the formats in its own way).

For each block format a tensor of random blocks, named like the format, and beside it NAME.values, the same as F32.
"""

import pathlib

import gguf
import numpy as np

BLOCKS = 3
# Where in a block the halves stand that are scales or minima: random bytes there would be no finite numbers.
HALVES = {"Q8_0": [0], "Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "Q4_K": [0, 2], "Q5_K": [0, 2], "Q6_K": [208]}


def main():
    target = pathlib.Path(__file__).parents[2] / "tests/golden/block-formats.gguf"
    random = np.random.default_rng(26170)
    writer = gguf.GGUFWriter(target, "test")
    for name, halves in HALVES.items():
        kind = gguf.GGMLQuantizationType[name]
        length, size = gguf.GGML_QUANT_SIZES[kind]
        blocks = random.integers(0, 256, (BLOCKS, size), dtype=np.uint8)
        for at in halves:
            scales = random.normal(size=(BLOCKS, 1)).astype("<f2")
            scales[0] *= np.float16(2.0**-16)  # a subnormal one
            blocks[:, at:at + 2] = scales.view(np.uint8)
        values = gguf.quants.dequantize(blocks, kind).reshape(BLOCKS, length)
        assert np.isfinite(values).all()
        writer.add_tensor(name, blocks, raw_dtype=kind)
        writer.add_tensor(name + ".values", values.astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    main()
