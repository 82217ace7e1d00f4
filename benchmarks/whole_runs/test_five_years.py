"""The five years' question whether an old day recomputes to what was published then, answered with yes and with no."""

from __future__ import annotations

from benchmarks import what_lasts
from benchmarks.installation import Installation
from pipelines import publications
from pipelines.layout import Output
from tests.pipeline.test_five_years import change_published_figures, here, of

__all__ = ["here"]


def test_a_day_recomputes_until_its_published_figures_are_changed(here: Installation) -> None:
    output = Output(here.output)
    current = publications.current(output)
    assert of(list(what_lasts.recompute(here, output, 1))[-1]) == (1, 1)
    assert publications.current(output) == current
    change_published_figures(output)
    told = list(what_lasts.recompute(here, output, 1))
    assert of(told[-1]) == (0, 1) and "rows of figures differ" in told[0]
