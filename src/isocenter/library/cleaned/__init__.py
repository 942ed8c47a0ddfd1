"""A library of files without names: cleaned files first, and everything else is made of those."""
