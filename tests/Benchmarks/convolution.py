#!/usr/bin/env python3
"""The convolutional network of MNIST on the processor, beside TorchSharp 0.107 and PyTorch, in one run, as a table.

  tests/Benchmarks/convolution.py --gpu publish/gpu --data data/mnist [--rounds 3] [--batches 32,128] > tests/Benchmarks/results/cpu-convolution.md

conv 5x5x20 relu, max-pool 2, conv 5x5x50 relu, max-pool 2, dense 500 relu, dropout 0.5, with adam at 0.001. Programs run in turn, each for two
epochs of --samples training samples a round and, the peers, with one thread and with all; a program's figure is the fastest epoch it had in any round,
evaluation left out. One that is not right about 95 % of the test images after that ends the run. PyTorch is that of this Python.
"""
import json
import os
import pathlib
import platform
import shlex
import subprocess
import sys
import tempfile

import torchsharp_peer

LAYERS = "conv 5x5x20 relu, max-pool 2, conv 5x5x50 relu, max-pool 2, dense 500 relu, dropout 0.5"
EPOCHS = 2


def ours(options, batch):
    """(samples a second, share of test images right) of each epoch."""
    with tempfile.TemporaryDirectory() as folder:
        command = [*shlex.split(options.gpu), "train", "--data", options.data, "--layers", LAYERS, "--optimizer", "adam", "--lr", "0.001", "--seed", "1",
                   "--batch-size", str(batch), "--limit", str(options.samples), "--no-report", "--epochs", str(EPOCHS), "--device", "cpu", "--out", folder + "/run", "--json"]
        lines = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    epochs = [event for event in map(json.loads, lines) if event["event"] == "epoch"]
    return [(epoch["samples_per_second"], epoch["test_accuracy"]) for epoch in epochs]


def train_torch(threads, folder, batch, samples, epochs):
    """The same network in PyTorch, written as TorchSharp's peer is."""
    import gzip
    import time

    import numpy
    import torch
    torch.set_num_threads(threads)
    torch.manual_seed(1)

    def idx(name, header):
        with gzip.open(pathlib.Path(folder) / name) as packed:
            return torch.from_numpy(numpy.frombuffer(packed.read(), numpy.uint8, offset=header).copy())

    images, test_images = [idx(f"{part}-images-idx3-ubyte.gz", 16).float().div(255).reshape(-1, 1, 28, 28) for part in ("train", "t10k")]
    labels, test_labels = [idx(f"{part}-labels-idx1-ubyte.gz", 8).long() for part in ("train", "t10k")]
    nn = torch.nn
    model = nn.Sequential(nn.Conv2d(1, 20, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(20, 50, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
                          nn.Linear(800, 500), nn.ReLU(), nn.Dropout(0.5), nn.Linear(500, 10))
    optimizer = torch.optim.Adam(model.parameters(), 0.001)
    for _ in range(epochs):
        order = torch.randperm(samples)
        model.train()
        start = time.perf_counter()
        for rows in order.split(batch):
            optimizer.zero_grad(set_to_none=True)
            nn.functional.cross_entropy(model(images[rows]), labels[rows]).backward()
            optimizer.step()
        rate = samples / (time.perf_counter() - start)
        model.eval()
        with torch.no_grad():
            right = sum((model(x).argmax(1) == y).sum().item() for x, y in zip(test_images.split(1000), test_labels.split(1000)))
        print(f"{rate:.0f} {right / len(test_images):.4f}", flush=True)


def main():
    parser = torchsharp_peer.options(__doc__, rounds=3)
    parser.add_argument("--batches", default="32,128")
    options = parser.parse_args()
    program, environment = torchsharp_peer.publish(options.libtorch)
    cores = len(os.sched_getaffinity(0))
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    print(f"# A convolutional network on {cores} cores of {model}\n\nWritten by `tests/Benchmarks/convolution.py`: {LAYERS}; adam; samples a second in training.\n")
    print("| batch | gpu | TorchSharp | PyTorch | gpu to the faster |\n|---|---|---|---|---|")
    for batch in map(int, options.batches.split(",")):
        programs = {
            "gpu": lambda _: ours(options, batch),
            "TorchSharp": lambda threads: torchsharp_peer.lines([program, "convolution", threads, options.data, batch, options.samples, EPOCHS], environment),
            "PyTorch": lambda threads: torchsharp_peer.lines([sys.executable, __file__, "--train-torch", threads, options.data, batch, options.samples, EPOCHS]),
        }
        best = dict.fromkeys(programs, 0.0)
        for _ in range(options.rounds):
            for name, run in programs.items():
                for threads in [cores] if name == "gpu" else {1, cores}:
                    epochs = run(threads)
                    if not epochs[-1][1] >= 0.95:
                        sys.exit(f"{name}: expected 95 % of the test images after {EPOCHS} epochs, found {epochs[-1][1]:.2%}: it does not learn")
                    best[name] = max(best[name], *(rate for rate, _ in epochs))
        print(f"| {batch} | " + " | ".join(f"{rate:,.0f}" for rate in best.values()) + f" | {best['gpu'] / max(best['TorchSharp'], best['PyTorch']):.2f} |", flush=True)


if sys.argv[1:2] == ["--train-torch"]:
    train_torch(int(sys.argv[2]), sys.argv[3], *map(int, sys.argv[4:]))
else:
    main()
