"""TorchSharp's peer of the benchmarks: published once, into ~/.cache/gpu-benchmarks."""
import os
import pathlib
import subprocess

HERE = pathlib.Path(__file__).resolve().parent


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
