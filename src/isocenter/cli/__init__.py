"""The command line: arguments become frozen options and one call each."""
