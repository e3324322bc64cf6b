"""PyTorch's part in `eddy bench train`: one thread; cases come as JSON lines, and each is answered by one.

A case: {"cell", "hidden", "inputs", "batch", "steps", "seconds"}. The answer: {"seconds": of processor time
that a pass takes}, a pass being forward, loss, backward, clipping by global norm 1, and Adam's update.
"""

import json
import sys
import time

import torch

torch.set_num_threads(1)
CELLS = {"rnn": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}
made = {}


def trainer(cell, hidden, inputs, batch, steps):
    torch.manual_seed(1)
    rnn = CELLS[cell](inputs, hidden, batch_first=True)
    head = torch.nn.Linear(hidden, 1)
    parameters = [*rnn.parameters(), *head.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=1e-3)
    x = torch.randn(batch, steps, inputs)
    wanted = torch.randn(batch, steps, 1)

    def one_pass():
        optimizer.zero_grad()
        y, _ = rnn(x)
        loss = torch.nn.functional.mse_loss(head(y), wanted)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()

    return one_pass


def measure(one_pass, seconds):
    passes = 0
    begun = time.process_time()
    while True:
        one_pass()
        passes += 1
        elapsed = time.process_time() - begun
        if elapsed >= seconds:
            return elapsed / passes


print(json.dumps({"version": torch.__version__}), flush=True)
for line in sys.stdin:
    case = json.loads(line)
    seconds = case.pop("seconds")
    key = json.dumps(case, sort_keys=True)
    if key not in made:
        made[key] = trainer(**case)
        measure(made[key], 0.2)
    print(json.dumps({"seconds": measure(made[key], seconds)}), flush=True)
