"""Fakes that keep the contracts of third-party programs on simulated nodes.

Each is a process that answers the requests that others in an installation send to its part, and
checks its input as the part does: a token without a valid signature is rejected, a form without
HTML is no document. It imports what it needs alone: a smoketest starts five of them.
"""
