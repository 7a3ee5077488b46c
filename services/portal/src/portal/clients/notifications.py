"""The notifications service as pages use it."""

from typing import Any
from uuid import UUID

from portal.clients.service import Json, Service


class Notifications(Service):
    name, label = "notifications", "thông báo"

    def messages(self, **query: Any) -> Json:
        return self._get("/messages", **query)

    def count(self) -> Json:
        return self._get("/messages/count")

    def read(self, message_id: UUID) -> None:
        self._post(f"/messages/{message_id}/read")

    def read_all(self) -> None:
        self._post("/messages/read-all")

    def preferences(self) -> Json:
        return self._get("/preferences")

    def change_preferences(self, body: Json, version: str) -> Json:
        return self._put("/preferences", body, version)
