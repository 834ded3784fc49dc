#!/usr/bin/env python3
"""Every activation and its derivative as PyTorch has them, for tests/Kernels.Tests/Operations/ActivationPeerTests.cs.

usage: /usr/bin/python3 tests/Benchmarks/torch_activations.py > tests/Kernels.Tests/Operations/torch-activations.json

Each row names the activation as --activation does, with its outputs and derivatives at SUMS, which are exact in float32; PyTorch computes
in float64 here. The values in the repository are those of PyTorch 1.13.
"""
import json
import sys

import torch
from torch.nn import functional as f

SUMS = [-30.0, -12.0, -5.0, -2.5, -1.0, -0.25, -0.0009765625, 0.0, 0.0009765625, 0.25, 1.0, 2.5, 5.0, 12.0, 30.0]

ACTIVATIONS = {
    "identity": lambda a: a * 1,
    "relu": f.relu,
    "leaky-relu": f.leaky_relu,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "scaled-tanh": lambda a: 1.7159 * torch.tanh(a * 2 / 3),
    "elu": f.elu,
    "selu": f.selu,
    "softplus": f.softplus,
    "silu": f.silu,
    "gelu": f.gelu,
    "gelu-tanh": lambda a: f.gelu(a, approximate="tanh"),
    "mish": f.mish,
}


def row(name):
    a = torch.tensor(SUMS, dtype=torch.float64, requires_grad=True)
    y = ACTIVATIONS[name](a)
    y.sum().backward()
    return {"activation": name, "sums": SUMS, "outputs": y.tolist(), "derivatives": a.grad.tolist()}


print(f"PyTorch {torch.__version__}", file=sys.stderr)
print("[\n" + ",\n".join(json.dumps(row(name)) for name in ACTIVATIONS) + "\n]")
