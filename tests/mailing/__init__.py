"""Tests of the quarterly contact list."""
