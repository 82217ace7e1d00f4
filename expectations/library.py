"""Great Expectations, imported when it is needed and by itself.

Belongs here: how it is imported. Does not belong here: what is asked of it (``suites``, ``deliveries``).
"""

from __future__ import annotations

import importlib
import sys
import warnings
from types import ModuleType


def great_expectations() -> ModuleType:
    """Return the library, without Spark: nothing here is judged by that, and where it is installed it comes along.

    It would cost a second more, and ends a process whose program is not a file, which it takes for a test of its own.
    """
    if "great_expectations" in sys.modules:
        return sys.modules["great_expectations"]
    spark = {name: sys.modules.pop(name) for name in [*sys.modules] if name.partition(".")[0] == "pyspark"}
    sys.modules["pyspark"] = None  # type: ignore[assignment]  # that is how Python is told that there is none
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of libraries that Great Expectations brings along
            library = importlib.import_module("great_expectations")
            engine = importlib.import_module("great_expectations.execution_engine.pandas_execution_engine")
    finally:
        del sys.modules["pyspark"]
        sys.modules.update(spark)
    # In bytes: no sum of each frame, made twice over, that nobody asks for and that took a quarter of a judgement.
    engine.HASH_THRESHOLD = 0  # type: ignore[attr-defined]
    return library
