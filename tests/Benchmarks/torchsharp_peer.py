"""TorchSharp's peer of the benchmarks: published once, into ~/.cache/gpu-benchmarks."""
import argparse
import os
import pathlib
import subprocess

HERE = pathlib.Path(__file__).resolve().parent


def options(text, rounds):
    """What a benchmark of training beside it is told; it may add options of its own before it reads them."""
    parser = argparse.ArgumentParser(description=text, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gpu", required=True, help="the command that starts the trainer")
    parser.add_argument("--data", required=True, help="the folder with MNIST's IDX files, compressed")
    parser.add_argument("--libtorch", help="a folder with TorchSharp's native libraries, in place of the package's")
    parser.add_argument("--samples", type=int, default=16384, help="training samples of an epoch")
    parser.add_argument("--rounds", type=int, default=rounds)
    return parser


def publish(libtorch):
    """The program, and the environment in which it finds its native libraries.

    They come with the package (1.3 GB), or from a folder that has them.
    """
    published = pathlib.Path.home() / ".cache/gpu-benchmarks" / ("torchsharp" if libtorch is None else "torchsharp-alone")
    native = [] if libtorch is None else ["-p:WithLibTorch=false"]
    subprocess.run(["dotnet", "publish", HERE / "peers/torchsharp", "-c", "Release", "-v", "q", "-o", published, *native], check=True,
                   stdout=subprocess.DEVNULL)
    return published / "torchsharp-peer", {**os.environ, **({} if libtorch is None else {"LD_LIBRARY_PATH": libtorch})}


def lines(command, environment=None):
    """Runs a program that writes numbers; a tuple for each of its lines."""
    written = subprocess.run([str(word) for word in command], check=True, stdout=subprocess.PIPE, text=True, env=environment).stdout
    return [tuple(map(float, line.split())) for line in written.splitlines()]
