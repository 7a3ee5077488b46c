"""The floor: Flask and psycopg, the same rows into the same tables; no check, no policy, no token, no event envelope.

What the fewest lines of Python can do for the same act. It runs as a superuser, whom row-level security does not bind.
"""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue
from province import PREFIX, TENANT
from psycopg.rows import dict_row
from statements import CountingCursor

_INITIATIVE = """INSERT INTO initiative (tenant, id, cycle_id, year, unit_id, scope_path, affiliation, status, title,
 content, field, summary, problem, solution, effect, owner_ids, author_count, search_text, version) VALUES
 (%s, %s, %s, %s, %s, %s, 'front_system', 'draft', %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 1)"""
_AUTHORS = """INSERT INTO initiative_author (tenant, initiative_id, position, kind, name, role, share, person_id)
 VALUES (%s, %s, 0, 'individual', %s, 'author', %s, %s), (%s, %s, 1, 'individual', %s, 'co_author', %s, %s)"""
_SUBMIT = """UPDATE initiative SET status = 'submitted', code = %s, received_on = %s, submitted_at = %s,
 version = version + 1 WHERE tenant = %s AND id = %s RETURNING *"""
_STEP = """INSERT INTO initiative_step (tenant, initiative_id, version, at, happened_on, action, from_status, to_status,
 by, role, reason) VALUES (%s, %s, %s, %s, %s, 'submit', 'draft', 'submitted', %s, 'author', '')"""
_EVENT = """INSERT INTO outbox (tenant, event_id, type, subject, routing_key, body, recorded_at)
 VALUES (%s, %s, %s, %s, %s, %s, %s)"""
_SHEET = """INSERT INTO score_sheet
 (tenant, session_id, initiative_id, person_id, scores, comment, recorded_at, version)
 VALUES (%s, %s, %s, %s, %s, %s, %s, 1)"""
_LIST = """SELECT id, code, title, status, year, cycle_id, unit_id, content, field, affiliation, author_count,
 received_on, submitted_at, decision_number, decided_on, score, reason, version FROM initiative
 WHERE tenant = %s AND code <> '' ORDER BY id DESC LIMIT 51"""
# A type that nobody is bound to: the relay marks the floor's rows as published and sends them to no queue.
_TYPE = "vn.sangtao.bench.initiative.submitted.v1"
_SCOPE = "/KH/DK/DK-MT/"


def _connect(url: str) -> psycopg.Connection[dict[str, Any]]:
    connection = psycopg.connect(url, row_factory=dict_row, autocommit=True)
    connection.cursor_factory = CountingCursor
    return connection


class Floor:
    """A bare application on the databases of registration and review."""

    def __init__(self, registration_url: str, review_url: str) -> None:
        self.registration, self.review = _connect(registration_url), _connect(review_url)
        self.app = Flask("floor")
        self.app.post("/initiatives")(self.register)
        self.app.post("/initiatives/<uuid:initiative_id>/submit")(self.submit)
        self.app.put("/sessions/<uuid:session_id>/dossiers/<uuid:initiative_id>/score-sheet")(self.score)
        self.app.get("/initiatives")(self.page)

    def close(self) -> None:
        self.registration.close()
        self.review.close()

    def register(self) -> ResponseReturnValue:
        given, id_ = request.get_json(), uuid4()
        texts = [given[name] for name in ("title", "content", "field", "summary", "problem", "solution", "effect")]
        first, second = given["authors"]
        owners, found = [UUID(first["person_id"])], f"{given['title']} {given['summary']}".lower()
        place = (given["cycle_id"], datetime.now(UTC).year, given["unit_id"], _SCOPE)
        of_first = (TENANT, id_, first["name"], first["share"], first["person_id"])
        of_second = (TENANT, id_, second["name"], second["share"], None)
        with self.registration.transaction():
            self.registration.execute(_INITIATIVE, (TENANT, id_, *place, *texts, owners, 2, found))
            self.registration.execute(_AUTHORS, (*of_first, *of_second))
        return jsonify(given | {"id": id_, "version": 1, "status": "draft"}), 201

    def submit(self, initiative_id: UUID) -> ResponseReturnValue:
        now, code = datetime.now(UTC), f"{PREFIX}-{uuid4().hex[:12].upper()}"
        with self.registration.transaction():
            row = self.registration.execute(_SUBMIT, (code, now.date(), now, TENANT, initiative_id)).fetchone()
            if row is None:
                return "", 404
            step = (TENANT, initiative_id, row["version"], now, now.date(), row["owner_ids"][0])
            self.registration.execute(_STEP, step)
            body = json.dumps(row, default=str, ensure_ascii=False)
            self.registration.execute(_EVENT, (TENANT, uuid4(), _TYPE, initiative_id, f"{_TYPE}.{TENANT}", body, now))
        return jsonify(row)

    def score(self, session_id: UUID, initiative_id: UUID) -> ResponseReturnValue:
        given, person, now = request.get_json(), uuid4(), datetime.now(UTC)
        scores = json.dumps(given["scores"])
        with self.review.transaction():
            values = (TENANT, session_id, initiative_id, person, scores, given["comment"], now)
            self.review.execute(_SHEET, values)
        return jsonify(given | {"person_id": person, "version": 1, "recorded_at": now})

    def page(self) -> ResponseReturnValue:
        rows = self.registration.execute(_LIST, (TENANT,)).fetchall()
        return jsonify({"items": rows[:50], "next": str(rows[49]["id"]) if len(rows) > 50 else None})
