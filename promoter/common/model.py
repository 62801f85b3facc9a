"""The base of every pydantic model that describes a file which people edit."""

from pydantic import BaseModel, ConfigDict


class StrictModel(BaseModel):
    """A frozen model that rejects unknown keys: a misspelled key must not be ignored.

    A model whose Python names differ from the keys of its file and that is also created in
    Python adds ``populate_by_name=True`` as a class argument.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
