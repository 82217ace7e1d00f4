"""Spark on this machine, for the tests that build on the second engine.

Belongs here: whether it is installed, and a session that costs as little as one can. Does not belong here: what is
built and compared.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines.warehouse import spark_build

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_IS_INSTALLED = find_spec("pyspark") is not None and find_spec("dbt.adapters.spark") is not None
_HAS_JAVA = bool(os.environ.get("JAVA_HOME") or shutil.which("java"))

needs_spark = pytest.mark.skipif(
    not (_IS_INSTALLED and _HAS_JAVA),
    reason="the second engine is not installed: python3 run.py test --spark installs requirements-spark.lock, "
    "and Java 17 or 21 must be on the PATH or in JAVA_HOME",
)

#: Of a small build on Spark nearly all time goes to planning and to compiling what each statement generates.
_AS_LITTLE_AS_POSSIBLE = {
    "spark.master": "local[2]",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:ReservedCodeCacheSize=256m -Xss4m",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.default.parallelism": "1",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}


@contextmanager
def spark_here(folder: Path) -> Iterator[SparkSession]:
    """A session with a catalog of its own in this folder; nothing of it is left but what lies there."""
    spark = spark_build.session(_AS_LITTLE_AS_POSSIBLE | {"spark.sql.warehouse.dir": str(folder)})
    try:
        spark.sparkContext.setLogLevel("OFF")
        yield spark
    finally:
        gateway = spark.sparkContext._gateway
        spark.stop()
        gateway.shutdown()
        gateway.proc.stdin.close()  # the Java process ends with it
        gateway.proc.wait(timeout=60)
        type(spark.sparkContext)._gateway = type(spark.sparkContext)._jvm = None
