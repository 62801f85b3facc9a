"""``promoter cepler``: cepler's own command line, output and exit codes.

`commands` does what is asked; `syntax` says which commands and options there are, `arguments`
reads a command line by it, `help` shows it. `concourse` answers Concourse.
"""

from promoter.cli.cepler.commands import run

__all__ = ["run"]
