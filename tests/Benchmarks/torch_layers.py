#!/usr/bin/env python3
"""One step of layers and losses as PyTorch takes it, for tests/Kernels.Tests/Operations/LayerPeerTests.cs.

usage: /usr/bin/python3 tests/Benchmarks/torch_layers.py > tests/Kernels.Tests/Operations/torch-layers.json

Each row names an operation, with what went in and what came out; inputs are exact in float32, PyTorch computes in float64. Images are written
channels last, as the project keeps them. The values in the repository are those of PyTorch 1.13. Dropout is compared with the mask given, which
is worked out here anew: by Philox4x32-10 (Salmon and others, 2011) of key (seed) and counter (block, layer, purpose, step).
"""
import json
import sys

import torch
from torch import nn
from torch.nn import functional as f

MASK = 0xFFFFFFFF


def philox(counter, key):
    (c0, c1, c2, c3), (k0, k1) = counter, key
    for _ in range(10):
        a, b = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (b >> 32) ^ c1 ^ k0, b & MASK, (a >> 32) ^ c3 ^ k1, a & MASK
        k0, k1 = (k0 + 0x9E3779B9) & MASK, (k1 + 0xBB67AE85) & MASK
    return c0, c1, c2, c3


def values(*shape):
    return (torch.rand(*shape) * 4 - 2).double().requires_grad_()


def flat(tensor):
    """All elements in order; of images, channels last."""
    tensor = tensor.detach()
    return (tensor.permute(0, 2, 3, 1) if tensor.dim() == 4 else tensor).flatten().tolist()


def backward(y):
    dy = values(*y.shape).detach()
    y.backward(dy)
    return flat(dy)


def dropout():
    seed, layer, step, m, n, rate = 0x123456789ABCDEF0, 3, 7, 3, 70, 0.25
    blocks = (n + 63) // 64 * 16
    keep = []
    for row in range(m):
        for column in range(n):
            block = row * blocks + column // 64 * 16 + column % 16
            word = philox((block, layer, 6 << 24, step), (seed & MASK, seed >> 32))[column % 64 // 16]
            keep.append(0.0 if word < rate * 2**32 else 1.0)
    x = values(m, n)
    y = x * torch.tensor(keep, dtype=torch.float64).reshape(m, n) / (1 - rate)
    dy = backward(y)
    return {"operation": "dropout", "seed": seed, "layer": layer, "step": step, "m": m, "n": n, "rate": rate, "x": flat(x), "y": flat(y), "dy": dy,
            "dx": flat(x.grad)}


def pooling(name, layer):
    x = values(2, 3, 5, 4)
    y = layer(x)
    dy = backward(y)
    return {"operation": name, "x": flat(x), "y": flat(y), "dy": dy, "dx": flat(x.grad)}


def batch_norm():
    x, layer = values(2, 4, 3, 2), nn.BatchNorm2d(4).double()
    scale, shift, mean = values(4), values(4), values(4).detach()
    variance = (values(4).detach() + 2.5).float().double()
    with torch.no_grad():
        layer.weight.copy_(scale), layer.bias.copy_(shift), layer.running_mean.copy_(mean), layer.running_var.copy_(variance)
    y = layer(x)
    dy = backward(y)
    row = {"operation": "batch-norm", "x": flat(x), "scale": flat(scale), "shift": flat(shift), "mean": flat(mean), "variance": flat(variance),
           "y": flat(y), "dy": dy, "dx": flat(x.grad), "dScale": flat(layer.weight.grad), "dShift": flat(layer.bias.grad),
           "meanAfter": flat(layer.running_mean), "varianceAfter": flat(layer.running_var)}
    layer.eval()
    return row | {"evaluated": flat(layer(x))}


def layer_norm():
    x, layer = values(4, 7), nn.LayerNorm(7).double()
    scale, shift = values(7), values(7)
    with torch.no_grad():
        layer.weight.copy_(scale), layer.bias.copy_(shift)
    y = layer(x)
    dy = backward(y)
    return {"operation": "layer-norm", "x": flat(x), "scale": flat(scale), "shift": flat(shift), "y": flat(y), "dy": dy, "dx": flat(x.grad),
            "dScale": flat(layer.weight.grad), "dShift": flat(layer.bias.grad)}


def leaky_relu():
    x = values(4, 7)
    y = f.leaky_relu(x, 0.2)
    return {"operation": "leaky-relu", "x": flat(x), "y": flat(y), "dy": backward(y), "dx": flat(x.grad)}


def embedding():
    """Two plain inputs, then the numbers of values of two tables; PyTorch's row 0 is the vector of no value, ours are those behind it."""
    counts, width, numbers = (5, 3), 4, [[1, 3], [5, 1], [0, 2], [1, 3], [4, 0], [1, 1]]
    plain, tables = values(len(numbers), 2), [nn.Embedding(count + 1, width, padding_idx=0).double() for count in counts]
    for table in tables:
        with torch.no_grad():
            table.weight[1:] = table.weight[1:].float().double()
    y = torch.cat([plain] + [table(torch.tensor([row[i] for row in numbers])) for i, table in enumerate(tables)], dim=1)
    dy = backward(y)
    x = [[*row, *coded] for row, coded in zip(plain.tolist(), numbers)]
    return {"operation": "embedding", "values": list(counts), "width": width, "x": sum(x, []), "table": sum((flat(table.weight[1:]) for table in tables), []),
            "y": flat(y), "dy": dy, "dxOfPlain": flat(plain.grad), "dTable": sum((flat(table.weight.grad[1:]) for table in tables), [])}


def regression(name, loss):
    outputs, targets = values(4, 3), values(4, 3).detach()
    mean = loss(outputs, targets)
    mean.backward()
    return {"operation": name, "outputs": flat(outputs), "targets": flat(targets), "loss": mean.item(), "gradient": flat(outputs.grad)}


def cross_entropy(name, smoothing):
    logits, labels, weights = values(5, 4), [3, 0, 1, 0, 2], (values(4).detach() + 2.5).float().double()
    mean = f.cross_entropy(logits, torch.tensor(labels), weight=weights, label_smoothing=smoothing)
    mean.backward()
    return {"operation": name, "logits": flat(logits), "labels": labels, "weights": flat(weights), "smoothing": smoothing, "loss": mean.item(),
            "gradient": flat(logits.grad)}


print(f"PyTorch {torch.__version__}", file=sys.stderr)
torch.manual_seed(12)
ROWS = [
    dropout(),
    pooling("max", nn.MaxPool2d(3, stride=2, padding=1)),
    pooling("average", nn.AvgPool2d(3, stride=2, padding=1)),
    batch_norm(),
    regression("squared", f.mse_loss),
    regression("absolute", f.l1_loss),
    regression("huber", f.huber_loss),
    cross_entropy("class-weights", 0.0),
    cross_entropy("class-weights-and-smoothing", 0.125),
    layer_norm(),
    leaky_relu(),
    embedding(),
]
print("[\n" + ",\n".join(json.dumps(row) for row in ROWS) + "\n]")
