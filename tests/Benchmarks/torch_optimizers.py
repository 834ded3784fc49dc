#!/usr/bin/env python3
"""Ten steps of every optimizer as PyTorch takes them, for tests/Kernels.Tests/Operations/OptimizerPeerTests.cs.

usage: /usr/bin/python3 tests/Benchmarks/torch_optimizers.py > tests/Kernels.Tests/Operations/torch-optimizers.json

Each row names the optimizer as --optimizer does, its momentum, L2, decay and rate, and holds the parameters after each step. The first
WEIGHTS parameters are weights, to which L2 and decay apply, the others biases. Gradients do not depend on the parameters; they and all
settings are exact in float32. The values in the repository are those of PyTorch 1.13.
"""
import json
import struct
import sys

import torch

START = [0.5, -1.0, 2.0, -0.25, 3.0, 0.125]
WEIGHTS = 4
STEPS = 10


def gradient(step):
    return [((i * 37 + step * 53) % 64 - 31) / 16 for i in range(len(START))]


def groups(decay):
    weights = torch.tensor(START[:WEIGHTS], requires_grad=True)
    biases = torch.tensor(START[WEIGHTS:], requires_grad=True)
    return [{"params": [weights], "weight_decay": decay}, {"params": [biases], "weight_decay": 0.0}]


def take(optimizer):
    """The parameters after each step of an optimizer of PyTorch."""
    tensors = [group["params"][0] for group in optimizer.param_groups]
    rows = []
    for step in range(STEPS):
        values = torch.tensor(gradient(step))
        tensors[0].grad, tensors[1].grad = values[:WEIGHTS].clone(), values[WEIGHTS:].clone()
        optimizer.step()
        rows.append(torch.cat(tensors).tolist())
    return rows


def row(name, make, rate, momentum=0.0, l2=0.0, decay=0.0):
    return {"optimizer": name, "momentum": momentum, "l2": l2, "decay": decay, "rate": rate, "steps": take(make(groups(l2 + decay)))}


class Lion(torch.optim.Optimizer):
    """Algorithm 2 of Chen et al., "Symbolic discovery of optimization algorithms" (2023), in float64: PyTorch has none."""

    def __init__(self, params, lr, betas):
        super().__init__(params, {"lr": lr, "betas": betas, "weight_decay": 0.0})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            (beta1, beta2), p = group["betas"], group["params"][0]
            state = self.state[p] or self.state[p].update(m=torch.zeros_like(p, dtype=torch.float64), w=p.double()) or self.state[p]
            m, w, g = state["m"], state["w"], p.grad.double()
            w -= group["lr"] * (torch.sign(beta1 * m + (1 - beta1) * g) + group["weight_decay"] * w)
            m.mul_(beta2).add_((1 - beta2) * g)
            p.copy_(w)


def rows():
    o = torch.optim
    rate, mu, l2, decay = 0.125, 0.75, 0.25, 0.5
    yield row("sgd", lambda g: o.SGD(g, rate), rate)
    yield row("sgd", lambda g: o.SGD(g, rate, momentum=mu), rate, mu, l2)
    yield row("sgd:nesterov", lambda g: o.SGD(g, rate, momentum=mu, nesterov=True), rate, mu, l2)
    yield row("adam", lambda g: o.Adam(g, rate), rate)
    yield row("adam:beta1=0.5,beta2=0.75,eps=0.01", lambda g: o.Adam(g, rate, (0.5, 0.75), 0.01), rate, l2=l2)
    yield row("adamw", lambda g: o.AdamW(g, rate), rate, decay=decay)
    yield row("adagrad", lambda g: o.Adagrad(g, rate), rate, l2=l2)
    yield row("adagrad:eps=0.01", lambda g: o.Adagrad(g, rate, eps=0.01), rate)
    yield row("lion", lambda g: Lion(g, rate, (0.9, 0.99)), rate, decay=decay)
    yield row("lion:beta1=0.5,beta2=0.75", lambda g: Lion(g, rate, (0.5, 0.75)), rate)
    yield row("rmsprop", lambda g: o.RMSprop(g, rate), rate)
    yield row("rmsprop:alpha=0.75,eps=0.01", lambda g: o.RMSprop(g, rate, 0.75, 0.01, momentum=mu), rate, mu, l2)


def shortest(value):
    """The shortest decimal that is the same float32."""
    return next(float(text) for text in (f"{value:.{n}g}" for n in range(1, 10))
                if struct.pack("f", float(text)) == struct.pack("f", value))


def main():
    print(f"PyTorch {torch.__version__}", file=sys.stderr)
    lines = []
    for found in rows():
        found["steps"] = [[shortest(value) for value in step] for step in found["steps"]]
        lines.append(json.dumps(found))
    print("[\n" + ",\n".join(lines) + "\n]")


main()
