"""Decision tables in and out of DMN XML (OMG Decision Model and Notation, 1.1 to 1.5).

DMN is an exchange format here; the table file is the form that is reviewed and proven.
"""

from scaffolds.dmn.model import Decision, DmnModel
from scaffolds.dmn.read import read_dmn, read_dmn_bytes
from scaffolds.dmn.write import write_dmn

__all__ = ["Decision", "DmnModel", "read_dmn", "read_dmn_bytes", "write_dmn"]
