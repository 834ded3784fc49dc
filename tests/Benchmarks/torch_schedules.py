#!/usr/bin/env python3
"""The learning rates of every schedule as PyTorch gives them, for tests/Training.Tests/Recipes/SchedulePeerTests.cs.

usage: /usr/bin/python3 tests/Benchmarks/torch_schedules.py > tests/Training.Tests/Recipes/torch-schedules.json

Each row names the schedule as --lr-schedule does, the rate, that of the last step, epochs and steps of an epoch, and holds the rate of each
step. PyTorch's schedulers by epochs step after each epoch, those by steps after each step. The values in the repository are those of 1.13.
"""
import json
import warnings

import torch
from torch.optim import lr_scheduler

EPOCHS = 12
STEPS = 9
RATE = 0.5
FINAL = 0.03125
TOTAL = EPOCHS * STEPS

# The loss of each epoch, for schedules that look at it: lower twice, and once by too little.
LOSSES = [1.0, 0.9, 0.89995, 0.95, 0.91, 0.5, 0.6, 0.7, 0.8, 0.5, 0.5, 0.5]


def rates(make, by_epoch):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=RATE)
    scheduler = make(optimizer)
    found = []
    for step in range(TOTAL):
        found.append(optimizer.param_groups[0]["lr"])
        if step + 1 < TOTAL and (not by_epoch or (step + 1) % STEPS == 0):
            if isinstance(scheduler, lr_scheduler.ReduceLROnPlateau):
                scheduler.step(LOSSES[step // STEPS])
            else:
                scheduler.step()
    return found


ROWS = [
    ("constant", 0.0, False, lambda o: lr_scheduler.ConstantLR(o, factor=1.0)),
    ("linear", FINAL, False, lambda o: lr_scheduler.LinearLR(o, 1.0, FINAL / RATE, total_iters=TOTAL - 1)),
    ("cosine", FINAL, False, lambda o: lr_scheduler.CosineAnnealingLR(o, TOTAL - 1, eta_min=FINAL)),
    ("exponential:0.9", 0.0, True, lambda o: lr_scheduler.ExponentialLR(o, 0.9)),
    ("step:3,0.25", 0.0, True, lambda o: lr_scheduler.StepLR(o, 3, 0.25)),
    ("one-cycle", 0.0, False, lambda o: lr_scheduler.OneCycleLR(o, RATE, total_steps=TOTAL, cycle_momentum=False)),
    ("plateau:1,0.25", 0.0, True, lambda o: lr_scheduler.ReduceLROnPlateau(o, factor=0.25, patience=1)),
    ("plateau:0,0.001", 0.0, True, lambda o: lr_scheduler.ReduceLROnPlateau(o, factor=0.001, patience=0)),
]

warnings.filterwarnings("ignore")
print(json.dumps([
    {"schedule": name, "rate": RATE, "final": final, "epochs": EPOCHS, "steps": STEPS, "losses": LOSSES, "rates": rates(make, by_epoch)}
    for name, final, by_epoch, make in ROWS]).replace("}, {", "},\n{"))
