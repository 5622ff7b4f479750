"""The page of what was discovered: it is all there, escaped, and needs nothing else."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from meshlake.cli.discovered import print_discovery
from meshlake.discovery.page.graph import _places
from meshlake.errors import UsageError
from support.small_mesh import SmallMesh

EVIL = "<script>alert(1)</script>\x1b[2J\u202eabc"
CUSTOMERS = "customer_id,email,plan,joined_on,spent\n" + "".join(
    f"{1000 + n},anna{n}@example.org,{'basic' if n % 3 else 'plus'},2026-01-{n % 28 + 1:02},{n}.5\n"
    for n in range(60)
)
ORDERS = "order_id,customer_id\n" + "".join(
    f"{5000 + n},{1000 + n % 58 + (500 if n == 7 else 0)}\n" for n in range(200)
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> SmallMesh:
    mesh = SmallMesh(tmp_path_factory.mktemp("page") / "mesh")
    mesh.land("crm/customers/a.csv", CUSTOMERS)
    mesh.land("sales/orders/a.csv", ORDERS)
    mesh.land("odd/evil/a.csv", f'id,"{EVIL}"\n1,"{EVIL}"\n2,b\n')
    mesh.land("odd/broken/a.parquet", b"PAR1 is none")
    return mesh


@pytest.fixture(scope="module")
def page(shop) -> str:
    return shop.open().discover().page()


class Texts(HTMLParser):
    """What a reader sees, and the tags that carry it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.seen.append(data)

    @property
    def text(self) -> str:
        return " ".join(self.seen)


@pytest.mark.slow
def test_it_tells_what_was_found(page):
    text = Texts(page).text
    for told in ("crm.customers", "sales.orders.customer_id", "crm.customers.customer_id", "many to one", "n:1", "key",
                 "e-mail", "basic", "plus", "2026-01-01 … 2026-01-28", "odd.broken", "identifier"):  # fmt: skip
        assert told in text
    assert "anna" not in text
    assert "xxxx9@xxxxxxx.xxx" in text


def test_nothing_in_names_or_values_is_markup_or_steers_a_screen(page):
    found = Texts(page)
    assert sum(tag == "script" for tag, _ in found.tags) == 1
    assert "alert(1)" in found.text
    assert not {"\x1b", "\u202e"} & set(page)
    assert not [tag for tag, attributes in found.tags if any(name.startswith("on") for name in attributes)]


def test_it_needs_no_network(page):
    tags = Texts(page).tags
    assert not [t for t, a in tags if t in {"link", "img", "iframe"} or "src" in a]
    assert {a["href"][0] for t, a in tags if t == "a"} == {"#"}
    assert not re.search(r"url\(|@import|https?://", page)


def test_a_join_s_orphans_and_confidence_are_told(shop, page):
    (join,) = (j for j in shop.open().discover().joins if j.column == "customer_id")
    assert f"−{join.orphan_count:,}" in page
    assert f"{join.confidence:.2f}" in page


def test_the_command_writes_it_whole_or_not_at_all(shop, tmp_path):
    file = tmp_path / "found.html"
    file.write_text("before")
    assert str(file) in shop.run("discover", "crm", "--html", str(file)).ended().out
    assert file.read_text().endswith("</html>\n")
    assert [f.name for f in tmp_path.iterdir()] == ["found.html"]
    with pytest.raises(UsageError, match="cannot be written"):
        shop.open().discover("crm").write_page(tmp_path / "nowhere" / "found.html")


@pytest.mark.parametrize("count", [1, 60, 300])
def test_no_box_of_the_graph_stands_on_another(count):
    edges = {(f"l.d{n % 5}.t{n}", f"l.d{n % 3}.t{n // 3}"): None for n in range(count)}
    places = list(_places(edges).values())
    assert len(places) == len(set(places)) == len({name for edge in edges for name in edge})
    for x, y in places:
        assert not [1 for a, b in places if (a, b) != (x, y) and abs(a - x) < 210 and abs(b - y) < 40]


@pytest.mark.slow
def test_what_is_asked_alike_of_many_columns_is_one_line(mesh, capsys):
    days = [f"day_{n}" for n in range(40)]
    rows = "".join(",".join([str(n), *[f"0{n % 9 + 1}/0{n % 7 + 1}/2025"] * 40]) + "\n" for n in range(60))
    for name in ("visits", "calls"):
        mesh.land(f"crm/{name}/a.csv", f"id,{','.join(days)}\n{rows}")
    found = mesh.open().discover()
    asked = re.findall("<li>([^<]*<a.*?)</li>", found.page())
    (question,) = [line for line in asked if "nothing tells which of day, month and year comes first" in line]
    assert re.sub("<[^>]*>", "", question).startswith(f"crm.calls {', '.join(days)}; crm.visits day_0, ")
    print_discovery(found)
    told = " ".join(capsys.readouterr().out.split())
    assert told.count("Question: day_0, day_1, ") == told.count("nothing tells which of day") == 2
