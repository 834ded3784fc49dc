#!/usr/bin/env python3
"""Matrix products and passes over 10,000 images on the processor, beside OpenBLAS (NumPy) and MKL (TorchSharp), in one run, as a table.

  dotnet build -c Release tests/Benchmarks
  tests/Benchmarks/peers.py --data data/mnist > tests/Benchmarks/results/cpu-products.md

Every program is started once and asked in turn, product by product, so that what disturbs the machine disturbs them alike; each checks a
product before it times it, and gives its fastest run. Ours goes through the operations that training prepares. Needs NumPy; TorchSharp is
published once into ~/.cache/gpu-benchmarks (1.3 GB of packages), or takes its native libraries from --libtorch, a folder that has them.
"""
import argparse
import gzip
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import torchsharp_peer

HERE = pathlib.Path(__file__).resolve().parent
OPERATIONS = ["forward", "input-gradient", "weight-update"]
SIZES = [500, 1000, 1500, 2000, 2500]
SHAPES = [(128, k, n) for k in SIZES for n in SIZES] + [(n, n, n) for n in (512, 1024, 2048)]
NETWORKS = [("C", "784,128,10 relu"), ("E", "784,2500,2000,1500,1000,500,10 tanh")]
TEST_FILES = ["t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"]


def serve_numpy():
    """NumPy behind the protocol of Server.cs; a product that adds to what is there it has not: its weight update is two passes."""
    import numpy
    random = numpy.random.default_rng(1)
    if "openblas" not in pathlib.Path("/proc/self/maps").read_text():
        sys.exit("NumPy: expected OpenBLAS beneath it, found another library: on Debian install libopenblas0-pthread")
    for line in sys.stdin:
        operation, m, k, n = [int(word) if word.isdigit() else word for word in line.split()]
        x, w, y = [random.integers(-8, 9, shape).astype(numpy.float32) for shape in ((m, k), (k, n), (m, n))]
        gradient, rate = numpy.empty_like(w), numpy.float32(1 / 64)

        def update():
            numpy.dot(x.T, y, out=gradient)
            numpy.multiply(gradient, rate, out=gradient)
            numpy.subtract(w, gradient, out=w)

        target, expected, run = {
            "forward": (y, lambda: x.astype(float) @ w, lambda: numpy.dot(x, w, out=y)),
            "input-gradient": (x, lambda: y.astype(float) @ w.T, lambda: numpy.dot(y, w.T, out=x)),
            "weight-update": (w, lambda: w - x.T.astype(float) @ y / 64, update),
        }[operation]
        wanted = expected()
        run()
        if not numpy.array_equal(target, wanted):
            sys.exit(f"NumPy: {line.strip()} is wrong")
        best, spent, runs = float("inf"), 0.0, 0
        while spent < 0.15 or runs < 5:
            start = time.perf_counter()
            run()
            once = time.perf_counter() - start
            best, spent, runs = min(best, once), spent + once, runs + 1
        print(f"{2e-9 * m * k * n / best:.1f}", flush=True)


class Server:
    """A program that answers lines with numbers."""

    def __init__(self, command, **environment):
        self.command = command
        self.process = subprocess.Popen([str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        env={**os.environ, **environment})

    def ask(self, line):
        # Threads of the program that was asked before may still be spinning.
        time.sleep(0.03)
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit(f"{self.command[0]} ended instead of answering '{line}'")
        return [float(number) for number in answer.split()]


def torchsharp(options, folder):
    """The published peer, and what it needs to find its native libraries."""
    program, environment = torchsharp_peer.publish(options.libtorch)
    for name in TEST_FILES:
        with gzip.open(pathlib.Path(options.data) / (name + ".gz")) as packed:
            (folder / name).write_bytes(packed.read())
    return Server([program, options.threads, *[folder / name for name in TEST_FILES]], **environment)


def products(ours, narrow, openblas, mkl):
    """A table for each operation, a row for each shape."""
    before = [ours.ask("peak")[0], narrow.ask("peak")[0]]
    rows = []
    for shape in SHAPES:
        cells = []
        for operation in OPERATIONS:
            line = " ".join(map(str, (operation, *shape)))
            cells.append([server.ask(line)[0] for server in (ours, narrow, openblas, mkl)])
        rows.append((shape, cells))
    after = [ours.ask("peak")[0], narrow.ask("peak")[0]]
    peaks = [max(pair) for pair in zip(before, after)]
    print(f"Measured peaks: {peaks[0]:.0f} GFLOP/s, {peaks[1]:.0f} with vectors of 256 bits. Shares are of those.\n")
    for at, operation in enumerate(OPERATIONS):
        print(f"## {operation}\n\n| m x k x n | gpu | of peak | gpu, 256 bits | of its peak | OpenBLAS | MKL | gpu to the faster |")
        print("|---|---|---|---|---|---|---|---|")
        for shape, cells in rows:
            wide, half, blas, torch = cells[at]
            print(f"| {' x '.join(map(str, shape))} | {wide:.0f} | {wide / peaks[0]:.0%} | {half:.0f} | {half / peaks[1]:.0%} "
                  f"| {blas:.0f} | {torch:.0f} | {wide / max(blas, torch):.2f} |")
        print()


def passes(ours, mkl):
    """10,000 images through C and E."""
    print("## 10,000 images\n\nSamples a second.\n\n| network | what | gpu | TorchSharp | ratio |\n|---|---|---|---|---|")
    for name, network in NETWORKS:
        for what in ("evaluate", "predict"):
            (rate, right), (their_rate, their_right) = [server.ask(f"{what} {network}") for server in (ours, mkl)]
            if not abs(right - their_right) <= 10:
                sys.exit(f"{name}: {right:.0f} right, TorchSharp's {their_right:.0f}: not the same network")
            print(f"| {name} | {what} | {rate:,.0f} | {their_rate:,.0f} | {rate / their_rate:.2f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="the folder with MNIST's IDX files, compressed")
    parser.add_argument("--threads", default=str(len(os.sched_getaffinity(0))))
    parser.add_argument("--libtorch", help="a folder with TorchSharp's native libraries, in place of the package's")
    parser.add_argument("--only", choices=["products", "passes"])
    options = parser.parse_args()
    benchmarks = HERE / "bin/Release/net10.0/Gpu.Benchmarks.dll"
    command = ["dotnet", benchmarks, "--serve", "--threads", options.threads, "--data", options.data]
    with tempfile.TemporaryDirectory() as folder:
        mkl = torchsharp(options, pathlib.Path(folder))
        ours, narrow = Server(command), Server(command, GPU_CPU_SIMD="vector256")
        openblas = Server([sys.executable, __file__, "--serve-numpy"], OPENBLAS_NUM_THREADS=options.threads)
        cpu = next(line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name"))
        print(f"# Products and passes: {cpu}, {options.threads} threads\n\nWritten by `tests/Benchmarks/peers.py`; GFLOP/s of the fastest run.\n")
        if options.only != "passes":
            products(ours, narrow, openblas, mkl)
        if options.only != "products":
            passes(ours, mkl)
        for server in (ours, narrow, openblas, mkl):
            server.process.stdin.close()


if sys.argv[1:] == ["--serve-numpy"]:
    serve_numpy()
else:
    main()
