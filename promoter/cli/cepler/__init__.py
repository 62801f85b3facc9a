"""``promoter cepler``: cepler's own command line, output and exit codes.

`syntax` lists the commands and options, `arguments` reads a command line by it, `help` shows it,
`commands` runs it. `concourse` answers Concourse.
"""

from promoter.cli.cepler.commands import run

__all__ = ["run"]
