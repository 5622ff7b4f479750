"""The front door: the mesh as Python code, the command line and Dagster users see it.

`meshlake.open()` gives a `Mesh`; its methods are what the commands do. What they call lies below: here is what belongs
to no single step, such as the state of a product, or what a report is made of.
"""

from meshlake.mesh.answer import Answer
from meshlake.mesh.mesh import Mesh, open_mesh
from meshlake.mesh.new import init_mesh
from meshlake.mesh.product import DataProduct

__all__ = ["Answer", "DataProduct", "Mesh", "init_mesh", "open_mesh"]
