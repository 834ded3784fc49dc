#!/usr/bin/python3
"""A table of a million rows x 30 columns: how fast it is read beside pandas' read_csv, and what memory reading, encoding and an epoch take.

Needs python3-pandas. Build src/Host in Release first. Writes results/large-table.md where --write is given.
  tests/Benchmarks/large_table.py [--rows 1000000] [--rounds 3] [--write]
"""
import argparse, json, multiprocessing, os, pathlib, re, resource, subprocess, sys, tempfile, time

HERE = pathlib.Path(__file__).resolve().parent
GPU = HERE.parents[1] / "src/Host/bin/Release/net10.0/gpu"
NUMBERS, CATEGORIES, MISSING = 24, 5, 0.03


def generate(path, rows):
    """24 numbers, 5 categories of 3 to 19 values, 3 % of all cells missing, and a class that follows from the first number."""
    import numpy as np, pandas as pd
    draw = np.random.default_rng(1)
    columns = {f"n{i}": np.round(draw.normal(size=rows) * 10 ** (i % 4), 4) for i in range(NUMBERS)}
    for i in range(CATEGORIES):
        columns[f"c{i}"] = draw.choice(np.array([f"v{j}" for j in range(3 + 4 * i)]), rows)
    columns["y"] = np.where(columns["n0"] + draw.normal(size=rows) > 0, "yes", "no")
    table = pd.DataFrame(columns)
    for name in list(columns)[:-1]:
        table.loc[draw.random(rows) < MISSING, name] = np.nan
    table.to_csv(path, index=False)


def run(command):
    """Seconds, peak memory in bytes, and the output of a process."""
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    output, error = process.stdout.read(), process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{' '.join(map(str, command))}: {error.strip()}")
    return time.monotonic() - started, usage.ru_maxrss * 1024, output


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--write", action="store_true")
    options.add_argument("--table", help="a table that was generated before")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = given.table or os.path.join(folder, "large.csv")
        if not given.table:
            # A process of its own: what this one has held counts as the peak of each that it starts.
            generator = multiprocessing.Process(target=generate, args=(path, given.rows))
            generator.start()
            generator.join()
            if generator.exitcode:
                sys.exit("the table could not be generated")
        size = os.path.getsize(path)
        pandas = [sys.executable, "-c", f"import pandas; print(pandas.read_csv({path!r}).shape)"]
        rounds = [(run(pandas), run([GPU, "data", path, "--target", "y", "--json"])) for _ in range(given.rounds)]
        train = run([GPU, "train", "--data", path, "--target", "y", "--epochs", "1", "--device", "cpu", "--json", "--quiet", "--out", os.path.join(folder, "run")])
        inputs = json.loads(rounds[0][1][2].splitlines()[-1])["inputs"]
    encoded = given.rows * inputs * 4
    best = [min(round[i][0] for round in rounds) for i in (0, 1)]
    peak = [max(round[i][1] for round in rounds) for i in (0, 1)]
    lines = [
        f"{given.rows:,} rows x 30 columns, {size / 1e6:.0f} MB of text, {inputs} inputs: {encoded / 1e6:.0f} MB encoded; the best of {given.rounds} rounds, programs in turn, start included.",
        "",
        "| | seconds | peak memory, MB | of the encoded table |",
        "|---|---|---|---|",
        f"| pandas' read_csv | {best[0]:.2f} | {peak[0] / 1e6:.0f} | {peak[0] / encoded:.2f} |",
        f"| `gpu data` (read, and encoding fitted) | {best[1]:.2f} | {peak[1] / 1e6:.0f} | {peak[1] / encoded:.2f} |",
        f"| `gpu train --epochs 1 --device cpu` | {train[0]:.2f} | {train[1] / 1e6:.0f} | {train[1] / encoded:.2f} |",
    ]
    print("\n".join(lines))
    if given.write:
        (HERE / "results/large-table.md").write_text("# A table of a million rows\n\nWritten by `large_table.py`. " + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
