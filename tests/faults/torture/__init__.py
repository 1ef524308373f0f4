"""Random users, faults and killings from one seed, and what must be true of everything afterwards."""
