"""The reporting service as pages use it."""

from typing import Any
from uuid import UUID

from portal.clients.service import Download, Json, Service


class Reporting(Service):
    name, label = "reporting", "tổng hợp, báo cáo"

    def activities(self, **query: Any) -> Json:
        return self._get("/activities", **query)

    def activity(self, activity_id: UUID) -> Json:
        return self._get(f"/activities/{activity_id}")

    def add_activity(self, body: Json, key: str) -> Json:
        return self._post("/activities", body, key=key)

    def change_activity(self, activity_id: UUID, body: Json, version: str) -> Json:
        return self._put(f"/activities/{activity_id}", body, version)

    def dashboard(self, **query: Any) -> Json:
        return self._get("/dashboard", **query)

    def rollups(self, **query: Any) -> Json:
        return self._get("/rollups", **query)

    def preview_rollup(self, **query: Any) -> Json:
        return self._get("/rollups/preview", **query)

    def send_rollup(self, body: Json, key: str) -> Json:
        return self._post("/rollups", body, key=key)

    def national(self, **query: Any) -> Json:
        return self._get("/national", **query)

    def evaluation(self, **query: Any) -> Json:
        return self._get("/evaluations", **query)

    def evaluation_sheet(self, **query: Any) -> Download:
        return self._download("/evaluations.xlsx", **query)
