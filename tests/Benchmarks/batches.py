#!/usr/bin/env python3
"""784-128-10 on MNIST by batches of 1 to 1,024 samples on the processor, beside TorchSharp, in one run, as a table.

  tests/Benchmarks/batches.py --gpu publish/gpu --data data/mnist [--rounds 2] > tests/Benchmarks/results/cpu-batches.md

ReLU, plain descent at a rate of 0.05. Programs run in turn, batch by batch; a program's figure is its fastest pass over --samples training samples. The
peer is written by autograd and by hand, and run with one thread and with all: the fastest of the four counts. A program that is no longer right about
most of the test images ends the run.
"""
import json
import os
import shlex
import subprocess
import sys
import tempfile

import torchsharp_peer

PASSES = 4


def ours(options, batch):
    """(samples a second, share of test images right) of each pass."""
    with tempfile.TemporaryDirectory() as folder:
        command = [*shlex.split(options.gpu), "train", "--data", options.data, "--hidden", "128", "--lr", "0.05", "--seed", "1", "--limit", str(options.samples),
                   "--batch-size", str(batch), "--epochs", str(PASSES), "--device", "cpu", "--no-report", "--out", folder + "/run", "--json"]
        written = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    return [(event["samples_per_second"], event["test_accuracy"]) for event in map(json.loads, written) if event["event"] == "epoch"]


def fastest(name, passes):
    """The most samples a second of passes that learned something."""
    if not passes[-1][1] >= 0.5:
        sys.exit(f"{name}: expected most test images right, found {passes[-1][1]:.2%}: it does not learn")
    return max(rate for rate, _ in passes)


def main():
    options = torchsharp_peer.options(__doc__, rounds=2).parse_args()
    program, environment = torchsharp_peer.publish(options.libtorch)
    cores = len(os.sched_getaffinity(0))
    model = next(line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name"))
    print(f"# 784-128-10 by batch size on {cores} cores of {model}\n\nWritten by `tests/Benchmarks/batches.py`; samples a second in training.\n")
    print("| batch | gpu | TorchSharp | ratio |\n|---|---|---|---|")
    for batch in [2 ** power for power in range(11)]:
        best = {"gpu": 0.0, "TorchSharp": 0.0}
        for _ in range(options.rounds):
            best["gpu"] = max(best["gpu"], fastest("gpu", ours(options, batch)))
            for threads in {1, cores}:
                for way in torchsharp_peer.lines([program, "dense", threads, options.data, batch, options.samples, PASSES], environment):
                    best["TorchSharp"] = max(best["TorchSharp"], fastest("TorchSharp", [way]))
        print(f"| {batch:,} | {best['gpu']:,.0f} | {best['TorchSharp']:,.0f} | {best['gpu'] / best['TorchSharp']:.2f} |", flush=True)


main()
