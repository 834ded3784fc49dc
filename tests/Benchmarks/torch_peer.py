#!/usr/bin/env python3
"""PyTorch on the networks and products of `gpu bench`, on the same device, in lines of the same JSON: torch_peer.py >> bench.jsonl

On a CUDA device eagerly and, where steps are concerned, as CUDA graphs too; else on the CPU. Samples lie on the device as floats, a step
gathers a batch of them by index, and nothing is read back within a pass: PyTorch's fastest plain form, adam fused. TF32 is off. Needs torch alone.
"""
import json
import platform
import time

import torch

# As in src/Host/Benches/StepNetwork.cs: name, side of an image, layers, batch, optimizer, steps of a pass on a processor and on a CUDA device.
DEEP = [2500, "scaledtanh", 2000, "scaledtanh", 1500, "scaledtanh", 1000, "scaledtanh", 500, "scaledtanh"]
NETWORKS = [
    ("A 784-10-10", 28, [10, "relu"], 1, "sgd", 4000, 4000),
    ("B 784-30-10", 28, [30, "sigmoid"], 50, "sgd", 400, 1200),
    ("C 784-128-10", 28, [128, "relu"], 32, "sgd", 400, 1875),
    ("C with adam", 28, [128, "relu"], 32, "adam", 400, 1875),
    ("D 784-128-64-10", 28, [128, "sigmoid", 64, "sigmoid"], 32, "sgd", 400, 1875),
    ("E 841-2500-2000-1500-1000-500-10", 29, DEEP, 128, "sgd", 8, 64),
    ("E with adam", 29, DEEP, 128, "adam", 8, 64),
    ("F 784-1024-512-10", 28, [1024, "relu", 512, "relu"], 4096, "sgd", 2, 15),
    ("G 784-320-160-10", 28, [320, "relu", 160, "relu"], 64, "sgd", 200, 938),
    ("convolutional, with adam", 28, "convolutional", 128, "adam", 8, 469),
]
PASSES = 4
LONGEST_PASS = 1.5  # seconds, beyond which a pass of eager steps is cut short: a step costs the same in the next thousand
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


def layers_of(side, words):
    nn = torch.nn
    if words == "convolutional":
        return [nn.Unflatten(1, (1, side, side)), nn.Conv2d(1, 20, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(20, 50, 5), nn.ReLU(), nn.MaxPool2d(2),
                nn.Flatten(), nn.Linear(800, 500), nn.ReLU(), nn.Dropout(0.5), nn.Linear(500, 10)]
    layers, inputs = [], side * side
    for word in words:
        layers.append(ACTIVATIONS[word]() if isinstance(word, str) else nn.Linear(inputs, word))
        inputs = inputs if isinstance(word, str) else word
    return [*layers, nn.Linear(inputs, 10)]


class Step:
    """One training step. It takes the next batch of the order by a counter on the device, so that a captured step is one call."""

    def __init__(self, side, layers, batch, optimizer, steps):
        torch.manual_seed(42)
        self.model = torch.nn.Sequential(*layers_of(side, layers)).to(device)
        parameters = self.model.parameters()
        self.optimizer = torch.optim.SGD(parameters, lr=1e-3) if optimizer == "sgd" else torch.optim.Adam(
            parameters, lr=1e-3, fused=on_cuda, capturable=on_cuda)
        self.loss = torch.nn.CrossEntropyLoss()
        self.x = torch.rand(batch * steps, side * side, device=device)
        self.y = torch.randint(10, (batch * steps,), device=device)
        self.order = torch.arange(batch * steps, device=device)
        self.next = torch.arange(batch, device=device)

    def take(self):
        rows = self.order[self.next]
        self.next.add_(len(self.next))
        self.loss(self.model(self.x[rows]), self.y[rows]).backward()
        self.optimizer.step()

    def run(self):
        self.optimizer.zero_grad(set_to_none=True)
        self.take()

    def begin(self):
        self.order.copy_(torch.randperm(len(self.order), device=device))
        self.next.copy_(torch.arange(len(self.next), device=device))

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
            self.take()
        return graph.replay


def best_pass(step, run, steps):
    """Seconds of a step in the fastest pass over all samples, or over those that a pass of LONGEST_PASS reaches."""
    best, taken = float("inf"), steps
    for _ in range(PASSES):
        step.begin()
        synchronize()
        start = time.perf_counter()
        for number in range(taken):
            run()
            if number % 64 == 63 and time.perf_counter() - start > LONGEST_PASS:
                taken = number + 1
                break
        synchronize()
        best = min(best, (time.perf_counter() - start) / taken)
    return best


def bench_steps():
    for name, side, layers, batch, optimizer, processor_steps, cuda_steps in NETWORKS:
        steps = cuda_steps if on_cuda else processor_steps
        step = Step(side, layers, batch, optimizer, steps)
        step.begin()
        ways = [("eager", step.run)] + ([("CUDA graph", step.captured())] if on_cuda else [])
        for how, run in ways:
            seconds = best_pass(step, run, steps)
            write("step", how, network=name, batch=batch, microseconds=seconds * 1e6, samples_per_second=batch / seconds)


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
