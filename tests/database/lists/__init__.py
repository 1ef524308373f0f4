"""Tests of lists: how they are imported, exported and undone, and how contacts are merged and parted."""
