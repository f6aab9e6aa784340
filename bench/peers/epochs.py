"""One epoch over pictures in a file of bytes, in PyTorch or scikit-learn: shuffled, scaled, with loss and accuracy of every step.

{"open": {...}} answers {}; {"epoch": true} answers {"seconds": ...}.
"""
import json
import math
import os
import sys
import time

import numpy as np


def read(spec):
    n, d = spec["count"], spec["features"]
    pixels = np.fromfile(spec["arrays"] + ".pixels", np.uint8).reshape(n, d)
    labels = np.fromfile(spec["arrays"] + ".labels", np.uint8).astype(np.int64)
    sample = pixels[:: max(1, n // 10000)].astype(np.float32)
    return pixels, labels, sample.mean(0), sample.std(0) + 1e-6


def torch_epochs(spec):
    import torch

    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    torch.manual_seed(0)
    pixels, labels, mean, deviation = read(spec)
    pixels, labels = torch.from_numpy(pixels), torch.from_numpy(labels)
    mean, scale = torch.from_numpy(mean), torch.from_numpy(1 / deviation)
    sizes = [spec["features"], *spec["hidden"], 10]
    params = []
    for i, o in zip(sizes, sizes[1:]):
        params += [torch.randn(o, i) * math.sqrt(1 / i), torch.zeros(o)]
    m, v = [torch.zeros_like(p) for p in params], [torch.zeros_like(p) for p in params]
    batch = spec["batch"]
    count = 0

    # By hand: without the graph and the optimizer's own loop it is faster than torch.nn and torch.optim at these sizes.
    @torch.no_grad()
    def epoch():
        nonlocal count
        order = torch.randperm(pixels.shape[0])
        loss, hits = 0.0, 0
        for at in range(0, len(order), batch):
            take = order[at : at + batch]
            x = pixels[take].float().sub_(mean).mul_(scale)
            y = labels[take]
            acts, h = [], x
            for k in range(0, len(params), 2):
                h = torch.addmm(params[k + 1], h, params[k].t())
                if k + 2 < len(params):
                    h.clamp_(min=0)
                acts.append(h)
            logs = torch.log_softmax(h, 1)
            loss -= logs.gather(1, y[:, None]).sum().item()
            hits += (h.argmax(1) == y).sum().item()
            d = logs.exp_()
            d[torch.arange(len(y)), y] -= 1
            d.div_(len(y))
            count += 1
            root = math.sqrt(1 - 0.999**count)
            rate = 1e-3 / (1 - 0.9**count)
            for k in range(len(params) - 2, -1, -2):
                below = x if k == 0 else acts[k // 2 - 1]
                gradients = (d.t() @ below, d.sum(0))
                if k > 0:
                    d = (d @ params[k]).mul_(below > 0)
                for j, g in zip((k, k + 1), gradients):
                    m[j].mul_(0.9).add_(g, alpha=0.1)
                    v[j].mul_(0.999).addcmul_(g, g, value=0.001)
                    params[j].addcdiv_(m[j], v[j].sqrt().mul_(1 / root).add_(1e-8), value=-rate)
        return loss, hits

    return epoch


def sklearn_epochs(spec):
    import warnings

    from sklearn.neural_network import MLPClassifier

    warnings.simplefilter("ignore")
    pixels, labels, mean, deviation = read(spec)
    x = (pixels.astype(np.float32) - mean) / deviation
    net = MLPClassifier(
        tuple(spec["hidden"]), solver="adam", batch_size=spec["batch"], learning_rate_init=1e-3, alpha=0, random_state=0
    )
    classes = np.arange(10)
    return lambda: net.partial_fit(x, labels, classes)


epoch = None
for line in sys.stdin:
    question = json.loads(line)
    if "open" in question:
        spec = question["open"]
        epoch = torch_epochs(spec) if spec["library"] == "torch" else sklearn_epochs(spec)
        print(json.dumps({}))
    else:
        started = time.perf_counter()
        epoch()
        print(json.dumps({"seconds": time.perf_counter() - started}))
