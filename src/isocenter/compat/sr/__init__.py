"""Coded concepts (PS3.16)."""
