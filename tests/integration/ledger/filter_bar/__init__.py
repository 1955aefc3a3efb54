"""Tests of the filter bar: the values of its filters, and its handlers."""
