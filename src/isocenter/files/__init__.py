"""Buffers, folders and files: where bytes come from and go to."""
