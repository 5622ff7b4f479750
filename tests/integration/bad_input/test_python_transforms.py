"""A `transform.py` that fails is its product's failure, told by the line of its own file."""

import pytest

IMPORT = "import pyarrow as pa\n"
INPUTS = 'INPUTS = {"customers": "SELECT * FROM crm.customers"}\n'
FUNCTION = "def transform(customers: pa.Table) -> pa.Table:\n"


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (IMPORT + INPUTS + FUNCTION + "    share = 1 / 0\n", "line 4: ZeroDivisionError: division by zero"),
        (IMPORT + INPUTS + FUNCTION + "    return customers.select(['citty'])\n", "line 4: KeyError"),
        (IMPORT + INPUTS + FUNCTION + "    raise SystemExit(3)\n", "line 4: SystemExit"),
        (
            "import no_such_package\n" + IMPORT + INPUTS + FUNCTION + "    pass\n",
            "line 1: ModuleNotFoundError",
        ),
        (IMPORT + INPUTS + FUNCTION + "    return [1]\n", "transform returned list"),
        (IMPORT + INPUTS + FUNCTION + "    return (\n", "line 4, column 12: '(' was never closed"),
        (IMPORT + FUNCTION + "    return customers\n", "needs INPUTS"),
        (IMPORT + INPUTS, "needs a function `transform`"),
        (
            IMPORT + INPUTS.replace("*", "citty") + FUNCTION + "    return customers\n",
            'line 2, column 32: Referenced column "citty" not found',
        ),
        (
            IMPORT + INPUTS + FUNCTION + "    return customers.select(['city', 'age'])\n",
            "gives age, which the contract does not know",
        ),
        (IMPORT + "INPUTS = {'customers': str(1)}\n" + FUNCTION, "INPUTS must be written out"),
    ],
)
def test_transform_that_fails(built_mesh, code, says):
    built_mesh.describe("crm.cities", "name: city, logicalType: string")
    path = built_mesh.write("crm.cities", "transform.py", code.replace("**", "*"))
    built_mesh.fails("crm.cities", str(path), says)
