"""Arrange: any folder, File-set or zip becomes a tree ``YY-yr/MM-mo/EX-ex/SERIES/files``."""
