#!/usr/bin/env python3
"""Tables: our defaults beside scikit-learn's MLP and its gradient boosting, on the same folds with the same seeds, as a table.

  dotnet build -c Release src/Host
  /usr/bin/python3 tests/Benchmarks/tables.py --data FOLDER --fresh > tests/Benchmarks/results/tables.md

FOLDER holds iris.csv, titanic.csv and winequality-red.csv; scikit-learn's own tables are written as CSV files. Ours is one command a table,
`gpu train ... --folds 5 --seeds 5`, with the options that stand in TABLES and no others; its folds.csv says which row is in which fold.
Theirs are the pipelines in peers(). Boosting draws nothing on tables of this size, so it is fitted once a fold. What the peers reach is kept
in --cache, by the folds and this file's recipes, so that a change of ours is tried in a minute; --fresh fits them anew, as their times are
to be taken in the same run. --only iris,wine takes some tables, --more "..." gives further options to our command, --check exits with 1 where
ours is below their MLP. Needs python3-sklearn and python3-pandas.
"""
import argparse
import hashlib
import inspect
import json
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile
import time
import warnings

import numpy
import pandas
import sklearn
from scipy import stats
from sklearn import compose, datasets, ensemble, exceptions, impute, neural_network, pipeline, preprocessing

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDS, SEEDS, FIRST = 5, 5, 42

# name: (source, target, whether a quantity is learned, columns that are words, columns left out, further options of ours)
TABLES = {
    "iris": ("iris.csv", "species", False, [], [], []),
    "titanic": ("titanic.csv", "Survived", False, ["Sex", "Embarked"], ["PassengerId", "Name", "Ticket", "Cabin"], []),
    "winequality, classes": ("winequality-red.csv", "quality", False, [], [], ["--task", "classify"]),
    "winequality, quantity": ("winequality-red.csv", "quality", True, [], [], ["--task", "regress"]),
    "wine": (datasets.load_wine, "target", False, [], [], []),
    "breast_cancer": (datasets.load_breast_cancer, "target", False, [], [], []),
    # As a table of 64 columns: without --task its whole numbers would be taken for pixels.
    "digits": (datasets.load_digits, "target", False, [], [], ["--task", "classify"]),
    "diabetes": (datasets.load_diabetes, "target", True, [], [], []),
}


def peers(quantity, words, numbers, seed):
    """Their pipelines: what scikit-learn's guides advise before an MLP, and enough iterations to converge; boosting as it is."""
    prepared = compose.ColumnTransformer([
        ("numbers", pipeline.make_pipeline(impute.SimpleImputer(strategy="median", add_indicator=True), preprocessing.StandardScaler()), numbers),
        ("words", pipeline.make_pipeline(impute.SimpleImputer(strategy="most_frequent"), preprocessing.OneHotEncoder(handle_unknown="ignore")), words),
    ])
    coded = compose.ColumnTransformer([
        ("words", preprocessing.OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=numpy.nan, encoded_missing_value=numpy.nan), words),
        ("numbers", "passthrough", numbers),
    ])
    categories = list(range(len(words)))
    if quantity:
        mlp = compose.TransformedTargetRegressor(neural_network.MLPRegressor(max_iter=1000, random_state=seed), transformer=preprocessing.StandardScaler())
        boosting = ensemble.HistGradientBoostingRegressor(categorical_features=categories, random_state=seed)
    else:
        mlp = neural_network.MLPClassifier(max_iter=1000, random_state=seed)
        boosting = ensemble.HistGradientBoostingClassifier(categorical_features=categories, random_state=seed)
    return {"mlp": pipeline.make_pipeline(prepared, mlp), "boosting": pipeline.make_pipeline(coded, boosting)}


def ours(gpu, path, table, folder, more):
    """Our runs: for each fold and seed score and seconds of training, the folds, and the seconds of the whole command."""
    _, target, quantity, _, ignored, options = table
    command = [*gpu, "train", "--data", str(path), "--target", target, *(["--ignore", ",".join(ignored)] if ignored else []), *options,
               "--folds", str(FOLDS), "--seeds", str(SEEDS), "--seed", str(FIRST), "--device", "cpu", "--out", str(folder), "--quiet", *more]
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    wall = time.perf_counter() - start
    runs = {}
    for run in json.loads((folder / "results.json").read_text())["runs"]:
        test = next(part for part in run["judged"] if part["part"] == "test")
        fold, seed = int(run["settings"]["test"].split(":")[1].split("/")[0]), int(run["settings"]["seed"])
        runs[fold, seed] = (test["rmse" if quantity else "accuracy"], run["train_seconds"])
    rows = pandas.read_csv(folder / "folds.csv")
    return runs, dict(zip(rows["row"] - 1, rows["fold"])), wall


def theirs(frame, table, folds):
    """Their runs on our folds: for each peer, fold and seed score and seconds of fitting."""
    _, target, quantity, words, ignored, _ = table
    inputs = frame.drop(columns=[target, *ignored])
    numbers = [column for column in inputs.columns if column not in words]
    rows = numpy.array(sorted(folds))
    inputs, answers, fold_of = inputs.iloc[rows], frame[target].iloc[rows], numpy.array([folds[row] for row in rows])
    runs = {}
    for fold in range(1, FOLDS + 1):
        train, test = fold_of != fold, fold_of == fold
        for seed in range(FIRST, FIRST + SEEDS):
            for name, model in peers(quantity, words, numbers, seed).items():
                if name == "boosting" and seed > FIRST:
                    runs[f"{name} {fold} {seed}"] = runs[f"{name} {fold} {FIRST}"]
                    continue
                start = time.perf_counter()
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", exceptions.ConvergenceWarning)
                    model.fit(inputs[train], answers[train])
                seconds = time.perf_counter() - start
                found = model.predict(inputs[test])
                score = numpy.sqrt(numpy.mean((found - answers[test]) ** 2)) if quantity else numpy.mean(found == answers[test])
                runs[f"{name} {fold} {seed}"] = (float(score), seconds)
    return runs


def difference(first, second):
    """Mean of the paired differences and half its 95 % interval: by folds, each the mean over its seeds, whose training rows overlap (Nadeau and Bengio, 2003)."""
    by_fold = [numpy.mean([first[fold, seed][0] - second[fold, seed][0] for seed in range(FIRST, FIRST + SEEDS)]) for fold in range(1, FOLDS + 1)]
    half = stats.t.ppf(0.975, FOLDS - 1) * numpy.std(by_fold, ddof=1) * numpy.sqrt(1 / FOLDS + 1 / (FOLDS - 1))
    return numpy.mean(by_fold), half


def score(runs):
    """Mean, and the deviation of the seeds' means over the folds."""
    by_seed = [numpy.mean([runs[fold, seed][0] for fold in range(1, FOLDS + 1)]) for seed in range(FIRST, FIRST + SEEDS)]
    return f"{numpy.mean(by_seed):.4f} ± {numpy.std(by_seed, ddof=1):.4f}"


def seconds(runs):
    return f"{numpy.mean([took for _, took in runs.values()]):.3f}"


def main():
    parse = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parse.add_argument("--data", type=pathlib.Path, required=True, help="folder of iris.csv, titanic.csv and winequality-red.csv")
    parse.add_argument("--gpu", default=f"dotnet {ROOT}/src/Host/bin/Release/net10.0/gpu.dll", help="our program")
    parse.add_argument("--only", help="some tables, with commas between")
    parse.add_argument("--more", default="", help="further options of our command")
    parse.add_argument("--fresh", action="store_true", help="fit the peers anew")
    parse.add_argument("--cache", type=pathlib.Path, default=pathlib.Path.home() / ".cache/gpu-benchmarks/tables.json")
    parse.add_argument("--check", action="store_true", help="exit with 1 where ours is below their MLP")
    given = parse.parse_args()
    kept = json.loads(given.cache.read_text()) if given.cache.exists() else {}
    chosen = [name for name in TABLES if given.only is None or name in given.only.split(",") or name.split(",")[0] in given.only.split(",")]
    print(f"Tables, {FOLDS} folds x {SEEDS} seeds on the processor ({os.cpu_count()} cores), scikit-learn {sklearn.__version__}; by tests/Benchmarks/tables.py{f', with {given.more}' if given.more else ''}\n")
    print("Score: accuracy (RMSE of a quantity), ± the deviation of the seeds' means. Difference: ours less theirs, paired, with its 95 % interval. Seconds: of training, mean of a run; for all runs, of the whole command, reading and writing included, and of fitting alone.\n")
    print("| table | ours | MLP | boosting | ours - MLP | ours - boosting | s a run: ours | MLP | boosting | s for all: ours | MLP |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    below = []
    with tempfile.TemporaryDirectory() as place:
        for name in chosen:
            table = TABLES[name]
            source, target, quantity = table[:3]
            path = pathlib.Path(place) / f"{name}.csv" if callable(source) else given.data / source
            if callable(source):
                source(as_frame=True).frame.to_csv(path, index=False)
            frame = pandas.read_csv(path, sep=None, engine="python")
            our, folds, wall = ours(shlex.split(given.gpu), path, table, pathlib.Path(place) / f"{name} set", shlex.split(given.more))
            key = hashlib.sha256(repr((name, sorted(folds.items()), sklearn.__version__, inspect.getsource(peers))).encode()).hexdigest()[:16]
            if given.fresh or key not in kept:
                kept[key] = theirs(frame, table, folds)
                given.cache.parent.mkdir(parents=True, exist_ok=True)
                given.cache.write_text(json.dumps(kept))
            their = {peer: {(fold, seed): kept[key][f"{peer} {fold} {seed}"] for fold, seed in our} for peer in ("mlp", "boosting")}
            (to_mlp, mlp_half), (to_boosting, boosting_half) = difference(our, their["mlp"]), difference(our, their["boosting"])
            below += [name] if not (to_mlp <= 0 if quantity else to_mlp >= 0) else []
            print(f"| {name}{' (RMSE)' if quantity else ''} | {score(our)} | {score(their['mlp'])} | {score(their['boosting'])} | {to_mlp:+.4f} ± {mlp_half:.4f} | {to_boosting:+.4f} ± {boosting_half:.4f} "
                  f"| {seconds(our)} | {seconds(their['mlp'])} | {seconds(their['boosting'])} | {wall:.1f} | {sum(took for _, took in their['mlp'].values()):.1f} |", flush=True)
    if below:
        print(f"below their MLP: {', '.join(below)}", file=sys.stderr)
    sys.exit(1 if below and given.check else 0)


if __name__ == "__main__":
    main()
