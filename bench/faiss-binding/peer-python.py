"""The Python side of bench/faiss-binding.ts; see protocol.ts and serve.ts, which it follows."""

import gc
import json
import re
import sys
import time

K_CHUNK = int(sys.argv[1])
MOST_TRAINING = int(sys.argv[2])
WARM_UP_CALLS = 3000
WARM_UP_SECONDS = 1.5
BATCH_REPEATS = 5
BATCH_SECONDS = 0.5


def say(message):
    print(json.dumps(message), flush=True)


try:
    import faiss
    import numpy
except ImportError as error:
    say({"missing": f"{error}; apt-get install python3-faiss"})
    sys.exit()


def memory():
    with open("/proc/self/status") as file:
        status = file.read()

    def mb(name):
        return int(re.search(rf"^{name}:\s+(\d+)", status, re.M)[1]) * 1024 / 1e6

    return mb("VmRSS"), mb("VmHWM")


class Bench:
    def build(self, request):
        case, files, self.k = request["case"], request["files"], request["k"]
        dimension = files["dimension"]
        total = case.get("count", files["count"])
        faiss.omp_set_num_threads(request["threads"])
        self.case = case
        self.queries = read(files["queries"], 0, files["queryCount"], dimension)
        self.each = [self.queries[i : i + 1].copy() for i in range(len(self.queries))]
        gc.collect()
        before, _ = memory()
        self.index = index = faiss.index_factory(dimension, case["factory"])
        self.set_parameters()
        train_seconds = add_seconds = 0
        if case["factory"].startswith("IVF"):
            samples = read(files["vectors"], 0, min(total, MOST_TRAINING), dimension)
            started = time.perf_counter()
            index.train(samples)
            train_seconds = time.perf_counter() - started
            del samples
        for first in range(0, total, K_CHUNK):
            chunk = read(files["vectors"], first, min(K_CHUNK, total - first), dimension)
            started = time.perf_counter()
            index.add(chunk)
            add_seconds += time.perf_counter() - started
            del chunk
        gc.collect()
        now, peak = memory()
        self.warm_up()
        return {
            "trainSeconds": train_seconds,
            "addSeconds": add_seconds,
            "memoryMb": now - before,
            "peakMb": peak - before,
        }

    def set_parameters(self):
        case, index = self.case, self.index
        if "nprobe" in case:
            lists = index.base_index if "kFactor" in case else index
            faiss.extract_index_ivf(lists).nprobe = case["nprobe"]
        if "kFactor" in case:
            index.k_factor = case["kFactor"]
        if "efSearch" in case:
            index.hnsw.efSearch = case["efSearch"]

    def save(self, request):
        faiss.write_index(self.index, request["path"])
        return {}

    def load(self, request):
        self.index = faiss.read_index(request["path"])
        self.set_parameters()
        self.warm_up()
        return {}

    def batch(self, _request):
        ms = []
        cpu = time.process_time()
        started = time.perf_counter()
        while True:
            before = time.perf_counter()
            self.index.search(self.queries, self.k)
            ms.append((time.perf_counter() - before) * 1e3)
            if len(ms) >= BATCH_REPEATS or time.perf_counter() - started > BATCH_SECONDS:
                cpu_ms = (time.process_time() - cpu) * 1e3 / len(ms)
                return {"ms": ms, "cpuMs": cpu_ms}

    def single(self, request):
        us = []
        cpu = time.process_time()
        for i in range(request["first"], request["first"] + request["count"]):
            query = self.each[i % len(self.each)]
            before = time.perf_counter()
            self.index.search(query, self.k)
            us.append((time.perf_counter() - before) * 1e6)
        return {"us": us, "cpuUs": (time.process_time() - cpu) * 1e6 / len(us)}

    def results(self, _request):
        _, ids = self.index.search(self.queries, self.k)
        return {"ids": ids.ravel().tolist()}

    def warm_up(self):
        started = time.perf_counter()
        for i in range(WARM_UP_CALLS):
            if time.perf_counter() - started > WARM_UP_SECONDS:
                break
            self.single({"first": i, "count": 1})
        self.index.search(self.queries, self.k)


def read(path, first, count, dimension):
    values = numpy.fromfile(path, "<f4", count * dimension, offset=first * dimension * 4)
    return values.reshape(count, dimension)


say({"version": f"FAISS {faiss.__version__}, {faiss.get_compile_options().strip()}"})
bench = Bench()
for line in sys.stdin:
    request = json.loads(line)
    say(getattr(bench, request["do"])(request))
