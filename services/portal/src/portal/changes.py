"""The changes of a reorganisation in words, those that are one act together; knows no service."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Change = Mapping[str, Any]
Name = Callable[[Any], str]


@dataclass(frozen=True)
class Told:
    """One sentence, and the places in the draft's list of the changes that it tells."""

    text: str
    places: tuple[int, ...]


def told(changes: Sequence[Change], names: Mapping[str, str]) -> list[Told]:
    """Every change once, in order; units that end in the same one are told together."""

    def name(unit_id: Any) -> str:
        return names.get(str(unit_id), "một đơn vị khác")

    new = {str(change["unit_id"]) for change in changes if change["action"] == "create"}
    groups: dict[Any, list[int]] = {}
    for place, change in enumerate(changes):
        groups.setdefault(_group(change, place), []).append(place)
    return [Told(_sentence([changes[place] for place in places], new, name), tuple(places))
            for places in groups.values()]  # fmt: skip


def _group(change: Change, place: int) -> Any:
    """Those that end in the same single unit, on the same terms, belong together; any other change is by itself."""
    is_merge = change["action"] == "end" and len(change["successor_ids"]) == 1
    return (str(change["successor_ids"][0]), change.get("grants", "follow")) if is_merge else place


def _sentence(together: Sequence[Change], new: set[str], name: Name) -> str:
    change = together[0]
    match change["action"]:
        case "create":
            return f"Lập {change['name']} (mã {change['code']}), trực thuộc {name(change['parent_id'])}"
        case "rename":
            return f"{name(change['unit_id'])} đổi tên thành {change['name']}"
        case "move":
            return f"{name(change['unit_id'])} chuyển về trực thuộc {name(change['parent_id'])}"
    return _ending(together, new, name)


def _ending(together: Sequence[Change], new: set[str], name: Name) -> str:
    change = together[0]
    ended = listed(name(one["unit_id"]) for one in together)
    into = [str(one) for one in change["successor_ids"]]
    if len(into) > 1:
        said = f"{ended} chia thành {listed(map(name, into))}; {name(change['heir_id'])} chịu trách nhiệm chung"
    elif into[0] in new and len(together) > 1:
        said = f"{ended} hợp nhất thành {name(into[0])}"
    else:
        said = f"{ended} nhập vào {name(into[0])}"
    return said + ("; vai trò tại đơn vị cũ kết thúc" if change.get("grants") == "end" else "")


def listed(names: Iterable[str]) -> str:
    """A, B và C."""
    *most, last = names
    return f"{', '.join(most)} và {last}" if most else last
