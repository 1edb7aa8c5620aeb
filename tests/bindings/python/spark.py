# spark.py - Spark decides as one process does: a standalone master and two workers on this machine, records through mapInArrow.
# May include: the Python standard library, klausul, pyspark and pyarrow of the venv, examples/python/spark_decide.py.
# Start at main(). Everything listens on the loopback address, at ports that are free, and is ended at the end.
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, TESTS, os.path.join(TESTS, "agree")]
from records import Maker  # noqa: E402
from suite import ROOT, Count, run  # noqa: E402

sys.path.insert(0, os.path.join(ROOT, "examples", "python"))
import klausul  # noqa: E402
import pyarrow as pa  # noqa: E402
import pyarrow.parquet as parquet  # noqa: E402
import pyspark  # noqa: E402

RULES = os.path.join(ROOT, "rules/vgr/distanskontakter")
RECORDS, WORKERS, PARTITIONS = 20000, 2, 6
SECONDS_MOST = 90


def started(folder, name, words, says):
    """Starts a part of Spark; returns it and what its log says of `says` once it is up."""
    log = os.path.join(folder, name + ".log")
    env = dict(os.environ, SPARK_LOCAL_IP="127.0.0.1", SPARK_WORKER_DIR=os.path.join(folder, name), PYTHONPATH=os.pathsep.join(sys.path[:4]))
    with open(log, "wb") as out:
        process = subprocess.Popen([os.path.join(os.path.dirname(pyspark.__file__), "bin", "spark-class"), *words], stdout=out, stderr=subprocess.STDOUT,
                                   stdin=subprocess.DEVNULL, env=env, cwd=folder)
    until = time.monotonic() + SECONDS_MOST
    while time.monotonic() < until and process.poll() is None:
        with open(log, encoding="utf-8", errors="replace") as f:
            found = re.search(says, f.read())
        if found:
            return process, found.group(1)
        time.sleep(0.2)
    with open(log, encoding="utf-8", errors="replace") as f:
        print(f.read()[-1500:])
    return process, None


def records_of(build):
    path = os.path.join(RULES, "2023-06-01.klausul")
    schema = json.loads(run([os.path.join(build, "klausul"), "template", path, "--format", "json-schema"]).stdout)
    with open(path, encoding="utf-8") as f:
        maker = Maker(schema, f.read(), 5)
    made = [maker.as_input(maker.record(i)) for i in range(RECORDS)]
    for i in range(0, RECORDS, 1000):
        made[i]["form"] = "duva"  # rejected
    return pa.table({f.name: pa.array([r.get(f.name) for r in made]) for f in maker.fields})


def executor(_):
    time.sleep(0.2)  # so that one worker does not take all
    return os.environ.get("SPARK_EXECUTOR_DIRS")


def decided(count, master, table, folder):
    from pyspark.sql import SparkSession

    from spark_decide import decisions_of

    spark = (SparkSession.builder.master(master).appName("klausul").config("spark.ui.enabled", False).config("spark.ui.showConsoleProgress", False).config("spark.driver.host", "127.0.0.1")
             .config("spark.driver.bindAddress", "127.0.0.1").config("spark.executor.memory", "512m").config("spark.driver.memory", "512m")
             .config("spark.scheduler.minRegisteredResourcesRatio", 1.0).config("spark.scheduler.maxRegisteredResourcesWaitingTime", "60s")
             .config("spark.cores.max", WORKERS).getOrCreate())
    try:
        spark.sparkContext.setLogLevel("ERROR")
        rules = klausul.load(RULES)
        path = os.path.join(folder, "records.parquet")
        parquet.write_table(table, path)
        rejected = spark.sparkContext.accumulator(0)
        frame = spark.read.parquet(path).repartition(PARTITIONS)
        rows = [r.asDict() for r in decisions_of(rules, frame, rejected).collect()]
        hosts = len(set(spark.sparkContext.parallelize(range(12), 12).map(executor).collect()))
    finally:
        spark.stop()
    local = rules.decide_arrow(table)
    wanted = pa.table(local).to_pylist()
    key = lambda r: r["key"]  # noqa: E731
    strip = lambda all: [{k: v for k, v in r.items() if k != "row"} for r in sorted(all, key=key)]  # noqa: E731
    count.check("rejected records are left out", len(local.rejects) == RECORDS // 1000 and len(rows) == RECORDS - len(local.rejects), f"{len(rows)} rows")
    count.check("and counted", rejected.value == len(local.rejects), rejected.value)
    ours, theirs = strip(wanted), strip(rows)
    wrong = [(a, b) for a, b in zip(ours, theirs) if a != b]
    count.check(f"{len(rows)} records on {WORKERS} workers", not wrong and len(ours) == len(theirs), f"{len(wrong)} differ: {wrong[:1]}")
    count.check("both workers took part", hosts == WORKERS, f"{hosts} did")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build")
    build = os.path.join(ROOT, parser.parse_args().build)
    os.environ.update(PYSPARK_PYTHON=sys.executable, PYSPARK_DRIVER_PYTHON=sys.executable, SPARK_LOCAL_IP="127.0.0.1",
                      PYTHONPATH=os.path.join(ROOT, "examples", "python"))
    count, parts = Count(), []
    with tempfile.TemporaryDirectory() as folder:
        try:
            master, address = started(folder, "master", ["org.apache.spark.deploy.master.Master", "--host", "127.0.0.1", "--port", "0", "--webui-port", "0"],
                                      r"(?:Starting Spark master at )(spark://127\.0\.0\.1:\d+)")
            parts.append(master)
            for i in range(WORKERS if address else 0):
                worker, up = started(folder, f"worker{i}", ["org.apache.spark.deploy.worker.Worker", "--host", "127.0.0.1", "--webui-port", "0", "-c", "1", "-m", "600m",
                                                            address], r"(Successfully registered with master)")
                parts.append(worker)
                address = address if up else None
            if count.check("a master and two workers", address is not None):
                decided(count, address, records_of(build), folder)
        finally:
            for part in reversed(parts):
                part.terminate()
            for part in parts:
                part.wait(30)
    return count.finish()


if __name__ == "__main__":
    sys.exit(main())
