"""The documents for consumers of events are made from the contracts, and valid."""

import copy
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from common.broker.rabbitmq import EXCHANGE
from common.events import CONTENT_TYPE, Event
from jsonschema import Draft202012Validator

ROOT = Path(__file__).parents[2]
ASYNCAPI_TOOL = ROOT / "tools" / "asyncapi"


@pytest.fixture
def document(contracts: dict[str, Any], tool: Any) -> dict[str, Any]:
    return dict(tool.document(list(contracts.values())))


def test_the_documents_are_up_to_date(tool: Any) -> None:
    assert tool.main(["--check"]) == 0


def test_a_stale_document_is_noticed_and_left_alone(tool: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stale = tmp_path / "asyncapi.yaml"
    stale.write_text("old")
    monkeypatch.setattr(tool, "ROOT", tmp_path)
    monkeypatch.setattr(tool, "outputs", lambda: {stale: "new"})
    assert tool.main(["--check"]) == 1
    assert stale.read_text() == "old"
    assert tool.main([]) == 0
    assert stale.read_text() == "new"


def test_writing_twice_gives_the_same(contracts: dict[str, Any], tool: Any) -> None:
    backwards = dict(reversed(contracts.items()))
    one, two = (
        tool.to_yaml(tool.document(list(dict(sorted(some.items())).values()))) for some in (contracts, backwards)
    )
    assert one == two
    assert "&id" not in one


def test_every_type_has_a_channel_with_the_address_it_is_published_under(
    document: dict[str, Any], contracts: dict[str, Any]
) -> None:
    assert set(document["channels"]) == set(contracts)
    for name, channel in document["channels"].items():
        event = Event(name, "/x", "khanh-hoa", "s", 1, {})
        assert channel["address"].replace("{tenant}", "khanh-hoa") == event.routing_key
        assert channel["bindings"]["amqp"]["exchange"]["name"] == EXCHANGE
    assert document["defaultContentType"] == CONTENT_TYPE


def test_the_envelope_is_the_one_that_is_sent(document: dict[str, Any]) -> None:
    envelope = document["components"]["schemas"]["envelope"]
    whole = Event("vn.sangtao.x.y.z.v1", "/x", "khanh-hoa", "s", 1, {}, "00-trace")
    for event in (whole, Event("vn.sangtao.x.y.z.v1", "/x", "khanh-hoa", "s", 1, {})):
        Draft202012Validator(envelope).validate(json.loads(event.to_json()))
    assert set(envelope["properties"]) == set(json.loads(whole.to_json()))


def test_every_example_in_the_document_is_one_that_a_consumer_can_read(document: dict[str, Any]) -> None:
    envelope = Draft202012Validator(document["components"]["schemas"]["envelope"])
    for message in document["components"]["messages"].values():
        for example in message["examples"]:
            envelope.validate(example["payload"])
            assert Event.from_json(json.dumps(example["payload"])).type == message["name"]


def _validate(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["node", ASYNCAPI_TOOL / "validate.mjs", path], capture_output=True, text=True, check=False, timeout=120
    )


@pytest.fixture
def parser(missing: Any) -> None:
    """AsyncAPI's own parser."""
    if not shutil.which("node"):
        missing("node is not installed")
    if not (ASYNCAPI_TOOL / "node_modules" / "@asyncapi" / "parser").exists():
        missing("AsyncAPI's parser is not installed: run npm ci in tools/asyncapi")


@pytest.mark.usefixtures("parser")
def test_the_document_is_valid_asyncapi(tool: Any) -> None:
    done = _validate(tool.ASYNCAPI)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.usefixtures("parser")
def test_a_document_that_is_not_valid_is_refused(document: dict[str, Any], tool: Any, tmp_path: Path) -> None:
    first = next(iter(document["channels"]))
    dangling, wrong_action = copy.deepcopy(document), copy.deepcopy(document)
    dangling["channels"][first]["messages"]["event"]["$ref"] = "#/components/messages/nothing"
    wrong_action["operations"][f"publish.{first}"]["action"] = "shout"
    for broken in (dangling, wrong_action):
        path = tmp_path / "broken.yaml"
        path.write_text(tool.to_yaml(broken))
        assert _validate(path).returncode == 1


def test_no_address_of_a_package_source_is_kept() -> None:
    lock = (ASYNCAPI_TOOL / "package-lock.json").read_text()
    assert '"resolved"' not in lock
