"""From bytes to data sets: no I/O, no logging, no clock (PS3.5, PS3.10 7)."""
