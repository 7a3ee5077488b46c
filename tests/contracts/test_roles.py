"""Who may call what is a document: widening the roles of a route is a change of it that somebody reads."""

import importlib.util
from pathlib import Path


def test_the_roles_of_every_route_are_those_of_the_document() -> None:
    path = Path(__file__).parents[2] / "tools" / "roles.py"
    spec = importlib.util.spec_from_file_location("roles_tool", path)
    assert spec
    assert spec.loader
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    made = tool.of_code()
    assert made == tool.of_document(), "read what changed and run `make roles`"
    assert sum(len(routes) for routes in made.values()) > 80
