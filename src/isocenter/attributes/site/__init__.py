"""The standard browser: a static site of IODs, modules and attributes, with what an archive holds."""
