#!/usr/bin/env python3
"""Training from a file that is larger than memory: 4 million images of 28 x 28 (3.1 GB).

usage: large_data.py GPU FOLDER [IMAGES]     GPU: the published program; FOLDER: room for the file, which is removed at the end

Shows, in one run: an epoch streamed under a memory limit of 600 MB (a cgroup where one can be made; else the peak of the resident set less
the pages of files, /proc/PID/status), its samples a second beside those of streamed runs of 60,000 samples right before and after it, once with
the file in the page cache, once without, and once with a tenth held out; the peak of --limit 1000; and that a run which is killed in the
midst and resumed ends with the same bytes.
"""
import glob
import hashlib
import json
import os
import random
import signal
import struct
import subprocess
import sys
import threading
import time

LIMIT = 600 * 1000 * 1000
STEPS = ["--hidden", "128", "--device", "cpu", "--seed", "1", "--data-mode", "streamed", "--verbosity", "minimal", "--json"]


def write(folder, images):
    """Images whose bright stretch tells their class, with noise: four of five pixels are 0, as in MNIST."""
    os.makedirs(folder, exist_ok=True)
    noise = random.Random(1)
    tile = bytearray(1 << 20)
    for i in range(0, len(tile)):
        tile[i] = noise.randrange(1, 256) if noise.random() < 0.12 else 0
    tile = bytes(tile)
    with open(os.path.join(folder, "train-images-idx3-ubyte"), "wb") as values, open(os.path.join(folder, "train-labels-idx1-ubyte"), "wb") as labels:
        values.write(bytes([0, 0, 8, 3]) + struct.pack(">III", images, 28, 28))
        labels.write(bytes([0, 0, 8, 1]) + struct.pack(">I", images))
        for first in range(0, images, 10000):
            count = min(10000, images - first)
            block, names = bytearray(), bytearray()
            for i in range(count):
                label = noise.randrange(10)
                at = noise.randrange(len(tile) - 784)
                image = bytearray(tile[at:at + 784])
                image[78 * label:78 * label + 60] = b"\xc8" * 60
                block += image
                names.append(label)
            values.write(block)
            labels.write(names)


def cgroup():
    """A new cgroup with the limit; None where none can be made."""
    for root in ("/sys/fs/cgroup/memory", "/sys/fs/cgroup"):
        path = os.path.join(root, f"gpu-large-data-{os.getpid()}")
        try:
            os.mkdir(path)
            name = "memory.limit_in_bytes" if root.endswith("memory") else "memory.max"
            with open(os.path.join(path, name), "w") as file:
                file.write(str(LIMIT))
            return path
        except OSError:
            try:
                os.rmdir(path)
            except OSError:
                pass
    return None


def run(arguments, group=None, kill_when=None):
    """Runs the program; returns its events, its seconds, and the peak of its memory in bytes (all of it, and without pages of files)."""
    begun = time.time()

    def enter():
        if group:
            with open(os.path.join(group, "cgroup.procs"), "w") as file:
                file.write(str(os.getpid()))

    environment = dict(os.environ)
    if not group:
        environment["DOTNET_GCHeapHardLimit"] = hex(LIMIT * 3 // 4)
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=enter, env=environment)
    peaks = [0, 0]

    def watch():
        while process.poll() is None:
            try:
                with open(f"/proc/{process.pid}/status") as file:
                    fields = dict(line.split(":", 1) for line in file)
                peaks[0] = max(peaks[0], 1024 * int(fields["VmHWM"].split()[0]))
                peaks[1] = max(peaks[1], 1024 * (int(fields["RssAnon"].split()[0]) + int(fields["RssShmem"].split()[0])))
            except (OSError, KeyError):
                pass
            time.sleep(0.02)

    watcher = threading.Thread(target=watch)
    watcher.start()
    if kill_when is not None:
        while process.poll() is None and not kill_when():
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    output, error = process.communicate()
    watcher.join()
    if process.returncode not in ((-9,) if kill_when is not None else (0,)):
        sys.exit(f"{' '.join(arguments)}: exit code {process.returncode}\n{error}")
    return [json.loads(line) for line in output.splitlines()], time.time() - begun, peaks


def rate(events):
    """Samples a second of the epochs behind the first, or of the only one."""
    epochs = [event for event in events if event["event"] == "epoch"]
    epochs = epochs[1:] or epochs
    return sum(epoch["samples_per_second"] * epoch["train_seconds"] for epoch in epochs) / sum(epoch["train_seconds"] for epoch in epochs)


def drop(path):
    """Takes a file out of the page cache."""
    with open(path, "rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def main():
    program, folder = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    images = int(sys.argv[3]) if len(sys.argv) > 3 else 4_000_000
    data, runs = os.path.join(folder, "large"), os.path.join(folder, "runs")
    begun = time.time()
    write(data, images)
    file = os.path.join(data, "train-images-idx3-ubyte")
    print(f"{images:,} images, {os.path.getsize(file):,} bytes, written in {time.time() - begun:.0f} s")
    group = cgroup()
    print(f"memory limit of {LIMIT:,} bytes by {'a cgroup' if group else 'none that can be made here: peaks are of the resident set less pages of files'}")
    train = [program, "train", "--data", data, *STEPS]
    shuffle = ["--shuffle", "blocks:1337,64"]
    few = train + ["--limit", "60000", "--epochs", "20", "--force", "--out", f"{runs}/small"]
    try:
        small = [rate(run(few)[0])]
        for name, what, more in (("warm", "warm page cache", []), ("cold", "cold page cache", []), ("part", "cold, a tenth held out", ["--validation", "0.1"])):
            if name != "warm":
                drop(file)
            events, seconds, peaks = run(train + more + ["--epochs", "1", "--out", f"{runs}/{name}"] + ([] if group else shuffle), group)
            small.append(rate(run(few)[0]))
            print(f"{what}: {rate(events):,.0f} samples/s, {2 * rate(events) / sum(small[-2:]):.2f} of the {small[-2]:,.0f} and {small[-1]:,.0f} "
                  f"of 60,000 samples before and after it; "
                  f"{seconds:.0f} s in all; peak {peaks[0]:,} resident, {peaks[1]:,} of it no pages of files")
        with open(f"{runs}/warm/recipe.json") as recipe:
            shuffle = ["--shuffle", json.load(recipe)["shuffle"]]
        print("shuffle in recipe.json:", shuffle[1])
        _, _, peaks = run(train + ["--limit", "1000", "--epochs", "1", "--out", f"{runs}/few"])
        print(f"--limit 1000: peak {peaks[0]:,} resident")
        part = ["--checkpoint-every", f"{images // 32 // 10}steps"]

        def has_come_far():
            steps = [int(name[-len("00000000.safetensors"):-len(".safetensors")]) for name in glob.glob(f"{runs}/killed/checkpoints/step-*.safetensors")]
            return max(steps, default=0) >= images // 32 // 2

        run(train + ["--epochs", "1", "--out", f"{runs}/killed"] + part + shuffle, kill_when=has_come_far)
        run([program, "train", "--resume", f"{runs}/killed", "--verbosity", "minimal", "--json"] + part)
        digests = [hashlib.sha256(open(f"{runs}/{name}/model.safetensors", "rb").read()).hexdigest()[:16] for name in ("warm", "killed")]
        print(f"killed in the midst and resumed: {digests[1]}, never stopped: {digests[0]}, {'the same' if digests[0] == digests[1] else 'DIFFERENT'}")
    finally:
        for path in (file, os.path.join(data, "train-labels-idx1-ubyte")):
            os.remove(path)
        if group:
            os.rmdir(group)


main()
