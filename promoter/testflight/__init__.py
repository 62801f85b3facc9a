"""Test a chart in a throwaway namespace: provision, install, attest, tear down."""
