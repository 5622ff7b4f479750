"""A `transform.py` that fails is its product's failure, told by the line of its own file."""

import pytest

IMPORT = "import pyarrow as pa\n"
INPUTS = 'INPUTS = {"customers": "SELECT * FROM crm.customers"}\n'
FUNCTION = "def transform(customers: pa.Table) -> pa.Table:\n"
WHOLE = IMPORT + INPUTS + FUNCTION
# Each is the transform of a product with the column city, and all are built at once.
TRANSFORMS = {
    "raises": (f"{WHOLE}    share = 1 / 0\n", "line 4: ZeroDivisionError: division by zero"),
    "unknown_column": (f"{WHOLE}    return customers.select(['citty'])\n", "line 4: KeyError"),
    "exits": (f"{WHOLE}    raise SystemExit(3)\n", "line 4: SystemExit"),
    "unknown_import": (f"import no_such\n{WHOLE}    return customers\n", "line 1: ModuleNotFoundError"),
    "returns_list": (f"{WHOLE}    return [1]\n", "transform returned list"),
    "syntax": (f"{WHOLE}    return (\n", "line 4, column 12: '(' was never closed"),
    "no_inputs": (f"{IMPORT}{FUNCTION}    return customers\n", "needs INPUTS"),
    "computed_inputs": (
        f"{IMPORT}INPUTS = dict(customers=1)\n{FUNCTION}    return customers\n",
        "INPUTS must be written out",
    ),
    "no_function": (IMPORT + INPUTS, "needs a function `transform`"),
    "sql_typo": (
        f"{WHOLE.replace('*', 'citty')}    return customers\n",
        'line 2, column 32: Referenced column "citty" not found',
    ),
    "more_columns": (
        f"{WHOLE}    return customers.select(['city', 'age'])\n",
        "gives age, which the contract does not know",
    ),
}


@pytest.fixture(scope="module")
def told(shared_mesh):
    """One build of all of them."""
    for product, (code, _) in TRANSFORMS.items():
        shared_mesh.product(f"transforms.{product}", {"city": "string"}, {"transform.py": code})
    return shared_mesh.failing_build()


@pytest.mark.parametrize("product", TRANSFORMS)
def test_transform_that_fails(told, product):
    told.tells(f"transforms.{product}", f"transforms/{product}/transform.py: ", TRANSFORMS[product][1])
