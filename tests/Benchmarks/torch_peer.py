#!/usr/bin/env python3
"""PyTorch on the networks and products of `gpu bench`, on the same device, in lines of the same JSON: torch_peer.py >> bench.jsonl

On a CUDA device eagerly and, where steps are concerned, as CUDA graphs too; else on the CPU. Samples lie on the device as floats, a step
gathers a batch of them by index, and nothing is read back within a pass: PyTorch's fastest plain form. TF32 is off. Needs torch alone.
"""
import json
import platform
import time

import torch

# As in src/Host/Commands/StepBench.cs: name, sizes, activation, batch, steps of a pass on a processor and on a CUDA device.
NETWORKS = [
    ("A", [784, 10, 10], "relu", 1, 4000, 4000),
    ("B", [784, 30, 10], "sigmoid", 50, 400, 1200),
    ("C", [784, 128, 10], "relu", 32, 400, 1875),
    ("D", [784, 128, 64, 10], "sigmoid", 32, 400, 1875),
    ("E", [841, 2500, 2000, 1500, 1000, 500, 10], "scaledtanh", 128, 8, 64),
]
PASSES = 5
on_cuda = torch.cuda.is_available()
device = torch.device("cuda" if on_cuda else "cpu")
hardware = torch.cuda.get_device_name() if on_cuda else platform.processor() or platform.machine()


class ScaledTanh(torch.nn.Module):
    def forward(self, x):
        return 1.7159 * torch.tanh(x * (2 / 3))


ACTIVATIONS = {"relu": torch.nn.ReLU, "sigmoid": torch.nn.Sigmoid, "scaledtanh": ScaledTanh}


def write(event, how, **values):
    print(json.dumps({"event": event, "device": f"PyTorch {how} ({hardware})", **values}), flush=True)


def synchronize():
    if on_cuda:
        torch.cuda.synchronize()


class Step:
    """One training step that reads the batch's indices from `batch`."""

    def __init__(self, sizes, activation, batch, steps):
        torch.manual_seed(42)
        layers = [layer for a, b in zip(sizes, sizes[1:]) for layer in (torch.nn.Linear(a, b), ACTIVATIONS[activation]())][:-1]
        self.model = torch.nn.Sequential(*layers).to(device)
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=1e-3)
        self.loss = torch.nn.CrossEntropyLoss()
        self.x = torch.rand(batch * steps, sizes[0], device=device)
        self.y = torch.randint(sizes[-1], (batch * steps,), device=device)
        self.batch = torch.arange(batch, device=device)

    def run(self):
        self.optimizer.zero_grad(set_to_none=True)
        self.loss(self.model(self.x[self.batch]), self.y[self.batch]).backward()
        self.optimizer.step()

    def captured(self):
        """The step as a CUDA graph, after some steps on a side stream, as PyTorch's documentation asks."""
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(5):
                self.run()
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        self.optimizer.zero_grad(set_to_none=True)
        with torch.cuda.graph(graph):
            self.loss(self.model(self.x[self.batch]), self.y[self.batch]).backward()
            self.optimizer.step()
        return graph.replay


def best_pass(step, run, batch, steps):
    """Seconds of the fastest pass over all samples."""
    best = float("inf")
    for _ in range(PASSES):
        order = torch.randperm(batch * steps, device=device)
        synchronize()
        start = time.perf_counter()
        for first in range(0, batch * steps, batch):
            step.batch.copy_(order[first:first + batch])
            run()
        synchronize()
        best = min(best, time.perf_counter() - start)
    return best


def bench_steps():
    for name, sizes, activation, batch, processor_steps, cuda_steps in NETWORKS:
        steps = cuda_steps if on_cuda else processor_steps
        step = Step(sizes, activation, batch, steps)
        ways = [("eager", step.run)] + ([("CUDA graph", step.captured())] if on_cuda else [])
        for how, run in ways:
            seconds = best_pass(step, run, batch, steps)
            write("step", how, network=f"{name} {'-'.join(map(str, sizes))}", batch=batch,
                  microseconds=seconds / steps * 1e6, samples_per_second=batch * steps / seconds)


def bench_products():
    for n in (1024, 2048, 4096, 8192) if on_cuda else (1024, 2048):
        a, b = torch.rand(n, n, device=device), torch.rand(n, n, device=device)
        best = float("inf")
        for _ in range(10):
            synchronize()
            start = time.perf_counter()
            for _ in range(repeats := 10 if n <= 2048 else 3):
                torch.mm(a, b)
            synchronize()
            best = min(best, (time.perf_counter() - start) / repeats)
        write("operation", "eager", name=f"matmul-forward(m={n},k={n},n={n},input=integers)", gflops=2 * n ** 3 / best / 1e9)


torch.backends.cuda.matmul.allow_tf32 = False
torch.backends.cudnn.allow_tf32 = False
for how in ["eager", "CUDA graph"] if on_cuda else ["eager"]:
    write("machine", how, version=torch.__version__, runtime=f"Python {platform.python_version()}", driver=torch.version.cuda,
          command="tests/Benchmarks/torch_peer.py")
bench_steps()
bench_products()
