"""The review service as pages use it."""

from typing import Any
from uuid import UUID

from portal.clients.service import Json, Service


class Review(Service):
    name, label = "review", "xét công nhận"

    def rulebooks(self, **query: Any) -> Json:
        return self._get("/rulebooks", **query)

    def rulebook(self, rulebook_id: UUID) -> Json:
        return self._get(f"/rulebooks/{rulebook_id}")

    def add_rulebook(self, body: Json, key: str) -> Json:
        return self._post("/rulebooks", body, key=key)

    def publish_rulebook(self, rulebook_id: UUID) -> Json:
        return self._post(f"/rulebooks/{rulebook_id}/publish")

    def councils(self, **query: Any) -> Json:
        return self._get("/councils", **query)

    def council_template(self) -> Json:
        return self._get("/councils/template")

    def add_council(self, body: Json, key: str) -> Json:
        return self._post("/councils", body, key=key)

    def sessions(self, **query: Any) -> Json:
        return self._get("/sessions", **query)

    def session(self, session_id: UUID) -> Json:
        return self._get(f"/sessions/{session_id}")

    def add_session(self, body: Json, key: str) -> Json:
        return self._post("/sessions", body, key=key)

    def change_session(self, session_id: UUID, body: Json, version: str) -> Json:
        return self._put(f"/sessions/{session_id}", body, version)

    def act_on_session(self, session_id: UUID, action: str, body: Json, version: str) -> Json:
        return self._post(f"/sessions/{session_id}/{action}", body, version=version)

    def decide(self, session_id: UUID, body: Json, key: str) -> Json:
        return self._post(f"/sessions/{session_id}/decision", body, key=key)

    def decisions(self, **query: Any) -> Json:
        return self._get("/decisions", **query)

    def decision(self, decision_id: UUID | str) -> Json:
        return self._get(f"/decisions/{decision_id}")

    def results(self, session_id: UUID) -> Json:
        return self._get(f"/sessions/{session_id}/results")

    def dossiers(self, **query: Any) -> Json:
        return self._get("/dossiers", **query)

    def dossier(self, initiative_id: UUID) -> Json:
        return self._get(f"/dossiers/{initiative_id}")

    def trail(self, initiative_id: UUID, **query: Any) -> Json:
        return self._get(f"/dossiers/{initiative_id}/trail", **query)

    def score(self, initiative_id: UUID, body: Json, version: str) -> Json:
        return self._put(f"/dossiers/{initiative_id}/score-sheet", body, version)

    def vote(self, initiative_id: UUID, body: Json, key: str) -> Json:
        return self._post(f"/dossiers/{initiative_id}/ballot", body, key=key)

    def declare_conflict(self, initiative_id: UUID, body: Json, key: str) -> Json:
        return self._post(f"/dossiers/{initiative_id}/conflict", body, key=key)

    def recommend(self, initiative_id: UUID, body: Json, key: str) -> Json:
        return self._post(f"/dossiers/{initiative_id}/recommendation", body, key=key)

    def withdraw_recommendation(self, initiative_id: UUID, body: Json, key: str) -> Json:
        return self._post(f"/dossiers/{initiative_id}/recommendation/withdrawal", body, key=key)

    def commendations(self, **query: Any) -> Json:
        return self._get("/commendations", **query)

    def add_commendation(self, body: Json, key: str) -> Json:
        return self._post("/commendations", body, key=key)
