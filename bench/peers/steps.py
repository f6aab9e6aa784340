"""Training steps and nearest centres in PyTorch, each in every way worth trying; the benchmark takes the fastest.

Asked by lines of JSON: {"open": {...}} answers {"ways": [...]}; {"way": name, "ms": 200} answers {"ms": milliseconds a step}.
"""
import json
import math
import os
import sys
import time

import torch

torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
torch.manual_seed(0)


def forms(sizes):
    return [(torch.randn(o, i) * math.sqrt(2 / i), torch.zeros(o)) for i, o in zip(sizes, sizes[1:])]


def autograd_steps(x, y, sizes, optimizer, foreach):
    layers = []
    for i, (n_in, n_out) in enumerate(zip(sizes, sizes[1:])):
        layers.append(torch.nn.Linear(n_in, n_out))
        if i < len(sizes) - 2:
            layers.append(torch.nn.ReLU())
    net = torch.nn.Sequential(*layers)
    if optimizer == "adam":
        opt = torch.optim.Adam(net.parameters(), lr=1e-4, foreach=foreach)
    else:
        opt = torch.optim.SGD(net.parameters(), lr=1e-3, momentum=0.9 if optimizer == "momentum" else 0, foreach=foreach)
    loss_of = torch.nn.CrossEntropyLoss()

    def step():
        opt.zero_grad(set_to_none=True)
        loss_of(net(x), y).backward()
        opt.step()

    return step


def by_hand_steps(x, y, sizes, optimizer):
    """The same step with preallocated results and no graph."""
    n = x.shape[0]
    params = forms(sizes)
    acts = [torch.empty(n, s) for s in sizes[1:]]
    grads = [torch.empty(n, s) for s in sizes[1:]]
    dw = [torch.empty_like(w) for w, _ in params]
    state = [tuple(torch.zeros_like(p) for _ in range(2)) for wb in params for p in wb]
    rows = torch.arange(n)
    count = 0

    def update(p, g, s):
        if optimizer == "adam":
            m, v = s
            m.mul_(0.9).add_(g, alpha=0.1)
            v.mul_(0.999).addcmul_(g, g, value=0.001)
            root = v.sqrt().mul_(1 / math.sqrt(1 - 0.999**count)).add_(1e-8)
            p.addcdiv_(m, root, value=-1e-4 / (1 - 0.9**count))
        elif optimizer == "momentum":
            s[0].mul_(0.9).add_(g)
            p.add_(s[0], alpha=-1e-3)
        else:
            p.add_(g, alpha=-1e-3)

    @torch.no_grad()
    def step():
        nonlocal count
        count += 1
        h = x
        for k, (w, b) in enumerate(params):
            torch.addmm(b, h, w.t(), out=acts[k])
            if k < len(params) - 1:
                acts[k].clamp_(min=0)
            h = acts[k]
        d = torch.softmax(h, 1)
        torch.gather(d, 1, y[:, None]).log().mean()
        d[rows, y] -= 1
        d.div_(n)
        for k in range(len(params) - 1, -1, -1):
            w, b = params[k]
            torch.mm(d.t(), x if k == 0 else acts[k - 1], out=dw[k])
            db = d.sum(0)
            if k > 0:
                below = torch.mm(d, w, out=grads[k - 1])
                below.mul_(acts[k - 1] > 0)
                d = below
            update(w, dw[k], state[2 * k])
            update(b, db, state[2 * k + 1])

    return step


def products(sizes, batch):
    """The matrix products of a step and nothing else: forward, both gradients, but not that of the pictures."""
    pairs = []
    for k, (n_in, n_out) in enumerate(zip(sizes, sizes[1:])):
        x, w, d = torch.randn(batch, n_in), torch.randn(n_out, n_in), torch.randn(batch, n_out)
        pairs += [(x, w.t()), (d.t(), x)] + ([(d, w)] if k > 0 else [])
    outs = [torch.empty(a.shape[0], b.shape[1]) for a, b in pairs]

    @torch.no_grad()
    def step():
        for (a, b), out in zip(pairs, outs):
            torch.mm(a, b, out=out)

    return step


def nearest_centres(points, centres, piece):
    half = (centres * centres).sum(1).mul_(0.5)

    @torch.no_grad()
    def step():
        out = torch.empty(points.shape[0], dtype=torch.int64)
        turned = centres.t().contiguous()
        for at in range(0, points.shape[0], piece):
            scores = torch.mm(points[at : at + piece], turned)
            torch.argmax(scores.sub_(half), 1, out=out[at : at + piece])

    return step


def open_ways(spec):
    if spec["kind"] == "centres":
        points = torch.randn(spec["points"], spec["d"])
        centres = torch.randn(spec["centres"], spec["d"])
        return {f"pieces of {n}": nearest_centres(points, centres, n) for n in (256, 1024, 4096, 16384)}
    if spec["kind"] == "products":
        return {"only the products": products(spec["sizes"], spec["batch"])}
    sizes, batch, optimizer = spec["sizes"], spec["batch"], spec["optimizer"]
    x = torch.randn(batch, sizes[0])
    y = torch.randint(0, sizes[-1], (batch,))
    return {
        "autograd": autograd_steps(x, y, sizes, optimizer, False),
        "autograd, foreach": autograd_steps(x, y, sizes, optimizer, True),
        "by hand": by_hand_steps(x, y, sizes, optimizer),
    }


def milliseconds(step, for_ms):
    started, calls = time.perf_counter(), 0
    while True:
        step()
        calls += 1
        passed = (time.perf_counter() - started) * 1000
        if passed >= for_ms:
            return passed / calls


ways = {}
for line in sys.stdin:
    question = json.loads(line)
    if "open" in question:
        ways = open_ways(question["open"])
        for way in ways.values():
            way()
        print(json.dumps({"ways": list(ways)}))
    else:
        print(json.dumps({"ms": milliseconds(ways[question["way"]], question["ms"])}))
