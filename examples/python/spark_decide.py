# spark_decide.py - decides more records than one machine holds: each Spark worker decides its own batches, through Arrow.
# May use: klausul and pyspark with pyarrow, on the driver and on every worker.
# Start at decide_with(); the guideline travels to the workers as its image. Rejected records are counted, and come back as rows of their own.
import sys
from typing import Any, Callable, Iterable, Iterator

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.pandas.types import from_arrow_schema

import klausul


def decide_with(rules: klausul.Guideline, rejected: Any = None) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """A function for DataFrame.mapInArrow: batches of records in, batches of decisions out. `rejected`: an accumulator that counts."""

    def decide(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            decisions = rules.decide_arrow(batch)
            yield from pa.RecordBatchReader.from_stream(decisions)
            if rejected is not None:
                rejected.add(len(decisions.rejects))

    return decide


def decisions_of(rules: klausul.Guideline, records: DataFrame, rejected: Any = None) -> DataFrame:
    """The decisions of a frame of records, computed where the records are."""
    nothing = pa.table({name: pa.array([], pa.string()) for name in sorted(rules.inputs)})
    schema = from_arrow_schema(pa.table(rules.decide_arrow(nothing)).schema)
    return records.mapInArrow(decide_with(rules, rejected), schema)


def main(rules_path: str, records_path: str) -> int:
    spark = SparkSession.builder.appName("klausul").getOrCreate()
    records = spark.read.option("header", True).option("sep", ";").csv(records_path)
    rejected = spark.sparkContext.accumulator(0)
    decisions = decisions_of(klausul.load(rules_path), records, rejected)
    decisions.groupBy("`patientavgift.state`").count().orderBy("count", ascending=False).show()
    print(f"rejected: {rejected.value}")
    spark.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
