"""What holds for every test holds here too."""

from __future__ import annotations

from tests.conftest import landing, output, own_configuration, pytest_sessionfinish

__all__ = ["landing", "output", "own_configuration", "pytest_sessionfinish"]
