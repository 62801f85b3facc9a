"""Errors, progress, text, files and processes: what every area builds on."""
