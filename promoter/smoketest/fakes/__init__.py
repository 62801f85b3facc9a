"""Small servers that keep the contract of third-party parts on simulated nodes.

Each answers what its part is asked by others in an installation, and checks what it is given
as its part would: a token that nobody signed is refused, HTML that is none is no document.
"""
