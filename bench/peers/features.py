"""Features of pictures as other libraries make them: scikit-image and OpenCV, scikit-learn, PyTorch.

Asked by lines of JSON. {"prepare": {"folder", "pictures", "patches", "count", "size", "seed"}} decodes `folder`/test/<class>/*.jpg into one file of
bytes and writes patches of them, contrast-normalised and ZCA-whitened, with mean and matrix of the whitening, and answers {"pictures": n}.
{"open": {"kind", ...}} answers {"ways": [...]}, ways to do the same work; {"way": name} does it once and answers {"ms", "figure"}, the figure
being something that has to come out alike whoever computes it.
"""
import glob
import json
import os
import sys
import time
import warnings
from multiprocessing import Pool
from multiprocessing.pool import ThreadPool

import numpy as np

warnings.filterwarnings("ignore")
threads = int(os.environ.get("OMP_NUM_THREADS", "1"))
side, channels = 32, 3


def normalized(patches):
    patches = patches - patches.mean(1, keepdims=True)
    return patches / np.sqrt(patches.var(1, ddof=1, keepdims=True) + 10)


def prepare(spec):
    from PIL import Image

    files = sorted(glob.glob(os.path.join(spec["folder"], "test", "*", "*.jpg")))
    images = np.stack([np.asarray(Image.open(file).convert("RGB")) for file in files])
    images.tofile(spec["pictures"])
    random = np.random.default_rng(spec["seed"])
    n, size = spec["count"], spec["size"]
    which = random.integers(0, len(images), n)
    left, top = random.integers(0, side - size + 1, (2, n))
    patches = np.empty((n, size * size * channels), np.float32)
    for i in range(n):
        patches[i] = images[which[i], top[i] : top[i] + size, left[i] : left[i] + size].reshape(-1)
    patches = normalized(patches)
    mean = patches.mean(0, dtype=np.float64)
    values, vectors = np.linalg.eigh(np.cov(patches, rowvar=False))
    matrix = (vectors / np.sqrt(values + 0.1)) @ vectors.T
    ((patches - mean) @ matrix).astype(np.float32).tofile(spec["patches"] + ".rows")
    mean.tofile(spec["patches"] + ".mean")
    matrix.tofile(spec["patches"] + ".matrix")
    return {"pictures": len(images)}


def hog_skimage(pictures):
    from skimage.feature import hog

    return sum(
        float(hog(p, orientations=9, pixels_per_cell=(8, 8), cells_per_block=(2, 2), block_norm="L2-Hys", channel_axis=-1).sum()) for p in pictures
    )


def hog_opencv(pictures):
    import cv2

    describer = cv2.HOGDescriptor((32, 32), (16, 16), (8, 8), (8, 8), 9)
    return sum(float(describer.compute(p).sum()) for p in pictures)


def hsv_opencv(pictures):
    import cv2

    total = 0.0
    for p in pictures:
        hsv = cv2.cvtColor(p, cv2.COLOR_RGB2HSV)
        parts = [cv2.calcHist([hsv], [c], None, [10], [0, 180 if c == 0 else 256]) for c in range(3)]
        total += float(np.sqrt(np.concatenate([part / part.sum() for part in parts])).sum())
    return total


def rgb_opencv(pictures):
    import cv2

    return sum(float((cv2.calcHist([p], [0, 1, 2], None, [8, 8, 8], [0, 256, 0, 256, 0, 256]) / (side * side)).sum()) for p in pictures)


describers = {"hog scikit-image": hog_skimage, "hog opencv": hog_opencv, "hsv opencv": hsv_opencv, "rgb opencv": rgb_opencv}


def describe(argument):
    kind, start, end = argument
    return describers[kind](images[start:end])


def describe_ways(kind):
    import cv2

    cv2.setNumThreads(1)
    n = len(images)
    if threads == 1:
        return {"a loop": lambda: describe((kind, 0, n))}
    pieces = [(kind, at, min(n, at + 250)) for at in range(0, n, 250)]
    processes, together = Pool(threads), ThreadPool(threads)
    return {"processes": lambda: sum(processes.map(describe, pieces)), "threads": lambda: sum(together.map(describe, pieces))}


def lloyd_ways(spec):
    from sklearn.cluster import KMeans

    def fit(algorithm):
        k = KMeans(spec["words"], init=points[: spec["words"]], n_init=1, max_iter=spec["iterations"], tol=0, algorithm=algorithm)
        return k.fit(points).inertia_

    return {"lloyd": lambda: fit("lloyd")}


def minibatch_ways(spec):
    from sklearn.cluster import MiniBatchKMeans

    def fit():
        k = MiniBatchKMeans(
            spec["words"], init=points[: spec["words"]], n_init=1, max_iter=spec["iterations"], tol=0, batch_size=spec["minibatch"],
            max_no_improvement=None, reassignment_ratio=0, random_state=0,
        )  # fmt: skip
        return k.fit(points).inertia_

    return {"minibatch": fit}


def encode_ways(spec):
    import torch

    torch.set_num_threads(threads)
    size, words = spec["size"], spec["words"]
    mean = torch.from_numpy(np.fromfile(spec["patches"] + ".mean"))
    matrix = torch.from_numpy(np.fromfile(spec["patches"] + ".matrix").reshape(len(mean), len(mean)))
    shift = (mean @ matrix).float()
    matrix = matrix.float()
    centres = torch.from_numpy(points[:words])
    turned = centres.t().contiguous()
    squares = (centres * centres).sum(1)
    across = side - size + 1
    half = (across + 1) // 2

    @torch.no_grad()
    def encode(pieces):
        total = 0.0
        for at in range(0, spec["pictures"], pieces):
            p = torch.from_numpy(images[at : min(spec["pictures"], at + pieces)]).float()
            b = p.shape[0]
            x = p.unfold(1, size, 1).unfold(2, size, 1).permute(0, 1, 2, 4, 5, 3).reshape(-1, size * size * channels)
            x = x - x.mean(1, keepdim=True)
            x = x / torch.sqrt(x.pow(2).sum(1, keepdim=True) / (x.shape[1] - 1) + 10)
            z = torch.addmm(shift, x, matrix, beta=-1)
            d = torch.addmm(squares, z, turned, alpha=-2).add_((z * z).sum(1, keepdim=True)).clamp_(min=0).sqrt_()
            f = d.mean(1, keepdim=True).sub(d).clamp_(min=0).view(b, across, across, words)
            for rows in (slice(0, half), slice(half, None)):
                for columns in (slice(0, half), slice(half, None)):
                    total += float(f[:, rows, columns].sum((1, 2)).double().sum())
        return total

    return {f"{n} pictures": (lambda n=n: encode(n)) for n in (1, 4, 16)}


ways = {}
images = points = None
for line in sys.stdin:
    question = json.loads(line)
    if "prepare" in question:
        answer = prepare(question["prepare"])
    elif "open" in question:
        spec = question["open"]
        images = np.fromfile(spec["file"], np.uint8).reshape(-1, side, side, channels)
        if "patches" in spec:
            points = np.fromfile(spec["patches"] + ".rows", np.float32).reshape(-1, spec["size"] ** 2 * channels)
        kind = spec["kind"]
        ways = describe_ways(kind) if kind in describers else {"lloyd": lloyd_ways, "minibatch": minibatch_ways, "encode": encode_ways}[kind](spec)
        answer = {"ways": list(ways)}
    else:
        started = time.perf_counter()
        figure = ways[question["way"]]()
        answer = {"ms": (time.perf_counter() - started) * 1000, "figure": figure}
    print(json.dumps(answer), flush=True)
