"""Test the declared endpoints of one installation."""
