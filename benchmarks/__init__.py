"""Measurements run by hand; timing never stands in a test."""
