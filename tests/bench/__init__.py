"""Benchmarks: `make bench` measures ratios within one run, on databases that carry the scratch marker alone."""
