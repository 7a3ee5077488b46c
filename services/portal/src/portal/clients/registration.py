"""The registration service as pages use it."""

from typing import Any, cast
from urllib.parse import quote
from uuid import UUID

from urllib3.filepost import encode_multipart_formdata

from portal.clients.service import Download, Json, Service, idempotency_key, if_match


class Registration(Service):
    name, label = "registration", "đăng ký sáng kiến"

    def me(self) -> Json:
        return self._get("/me")

    def units(self, **query: Any) -> Json:
        return self._get("/units", **query)

    def unit(self, unit_id: UUID | str, as_of: str = "") -> Json:
        return self._get(f"/units/{unit_id}", as_of=as_of)

    def unit_history(self, unit_id: UUID | str) -> Json:
        return self._get(f"/units/{unit_id}/history")

    def add_unit(self, body: Json, key: str) -> Json:
        return self._post("/units", body, key=key)

    def change_unit(self, unit_id: UUID, body: Json, key: str) -> Json:
        return self._post(f"/units/{unit_id}/changes", body, key=key)

    def reorganisations(self, **query: Any) -> Json:
        return self._get("/reorganisations", **query)

    def reorganisation(self, reorganisation_id: UUID, tenant: str = "") -> Json:
        """`tenant`: only for the operator, here as in what follows."""
        return self._get(f"/reorganisations/{reorganisation_id}", tenant=tenant)

    def prepare_reorganisation(self, body: Json, key: str) -> Json:
        return self._post("/reorganisations", body, key=key)

    def change_reorganisation(self, reorganisation_id: UUID, body: Json, version: str, tenant: str = "") -> Json:
        return self._put(f"/reorganisations/{reorganisation_id}", body, version, tenant=tenant)

    def preview_reorganisation(self, reorganisation_id: UUID, tenant: str = "") -> Json:
        return self._get(f"/reorganisations/{reorganisation_id}/preview", tenant=tenant)

    def dossiers_to_assign(self, reorganisation_id: UUID, **query: Any) -> Json:
        return self._get(f"/reorganisations/{reorganisation_id}/dossiers", **query)

    def assign_dossiers(self, reorganisation_id: UUID, body: Json, version: str) -> Json:
        return self._put(f"/reorganisations/{reorganisation_id}/assignments", body, version)

    def act_on_reorganisation(self, reorganisation_id: UUID, action: str, version: str, tenant: str = "") -> Json:
        return self._post(f"/reorganisations/{reorganisation_id}/{action}", version=version, tenant=tenant)

    def people(self, **query: Any) -> Json:
        return self._get("/people", **query)

    def person(self, person_id: UUID | str) -> Json:
        return self._get(f"/people/{person_id}")

    def correct_person(self, person_id: UUID, body: Json, version: str) -> Json:
        return self._put(f"/people/{person_id}", body, version)

    def reveal_national_id(self, person_id: UUID, body: Json) -> Json:
        return self._post(f"/people/{person_id}/national-id", body)

    def add_person(self, body: Json, key: str) -> Json:
        return self._post("/people", body, key=key)

    def grants(self, **query: Any) -> Json:
        return self._get("/grants", **query)

    def issue_grant(self, body: Json, key: str) -> Json:
        return self._post("/grants", body, key=key)

    def change_grant(self, grant_id: UUID, body: Json, version: str) -> Json:
        return self._put(f"/grants/{grant_id}", body, version)

    def revoke_grant(self, grant_id: UUID) -> Json:
        return self._post(f"/grants/{grant_id}/revoke")

    def delegations(self, **query: Any) -> Json:
        return self._get("/delegations", **query)

    def delegate_grant(self, grant_id: str, body: Json, key: str) -> Json:
        return self._post(f"/grants/{grant_id}/delegations", body, key=key)

    def revoke_delegation(self, grant_id: UUID) -> Json:
        return self._post(f"/delegations/{grant_id}/revoke")

    def settings(self) -> Json:
        return self._get("/settings")

    def change_settings(self, body: Json, version: str) -> Json:
        return self._put("/settings", body, version)

    def settings_versions(self, **query: Any) -> Json:
        return self._get("/settings/versions", **query)

    def tenants(self, **query: Any) -> Json:
        return self._get("/tenants", **query)

    def tenant(self, code: str) -> Json:
        return self._get(f"/tenants/{quote(code)}")

    def stop_tenant(self, code: str, act: str, body: Json, key: str) -> Json:
        return self._post(f"/tenants/{quote(code)}/{act}", body, key=key)

    def resume_tenant(self, code: str) -> Json:
        return self._post(f"/tenants/{quote(code)}/resume")

    def set_quotas(self, code: str, body: Json) -> Json:
        return self._put(f"/tenants/{quote(code)}/quotas", body)

    def ask_for_export(self, body: Json) -> Json:
        return self._post("/exports", body)

    def exports(self, **query: Any) -> Json:
        return self._get("/exports", **query)

    def export_archive(self, export_id: UUID) -> Download:
        return self._download(f"/exports/{export_id}/archive")

    def open_tenant(self, body: Json, key: str) -> Json:
        return self._post("/tenants", body, key=key)

    def subject_requests(self, **query: Any) -> Json:
        return self._get("/subject-requests", **query)

    def subject_request(self, request_id: UUID) -> Json:
        return self._get(f"/subject-requests/{request_id}")

    def ask_about_data(self, body: Json, key: str) -> Json:
        return self._post("/subject-requests", body, key=key)

    def act_on_data_request(self, request_id: UUID, action: str, body: Json) -> Json:
        return self._post(f"/subject-requests/{request_id}/{action}", body)

    def cycles(self, **query: Any) -> Json:
        return self._get("/cycles", **query)

    def cycle(self, cycle_id: UUID) -> Json:
        return self._get(f"/cycles/{cycle_id}")

    def add_cycle(self, body: Json, key: str) -> Json:
        return self._post("/cycles", body, key=key)

    def change_cycle(self, cycle_id: UUID, body: Json, version: str) -> Json:
        return self._put(f"/cycles/{cycle_id}", body, version)

    def initiatives(self, **query: Any) -> Json:
        return self._get("/initiatives", **query)

    def initiative(self, initiative_id: UUID | str) -> Json:
        return self._get(f"/initiatives/{initiative_id}")

    def trail(self, initiative_id: UUID, **query: Any) -> Json:
        return self._get(f"/initiatives/{initiative_id}/trail", **query)

    def journal(self, **query: Any) -> Json:
        return self._get("/audit", **query)

    def witnesses(self) -> Json:
        return self._get("/audit/witnesses")

    def register_initiative(self, body: Json, key: str) -> Json:
        return self._post("/initiatives", body, key=key)

    def change_initiative(self, initiative_id: UUID, body: Json, version: str) -> Json:
        return self._put(f"/initiatives/{initiative_id}", body, version)

    def act_on_initiative(self, initiative_id: UUID, action: str, body: Json, version: str) -> Json:
        return self._post(f"/initiatives/{initiative_id}/{action}", body, version=version)

    def delete_draft(self, initiative_id: UUID, version: str) -> None:
        self._send("DELETE", f"/initiatives/{initiative_id}", if_match(version))

    def councils_for(self, initiative_id: UUID | str) -> Json:
        return self._get(f"/initiatives/{initiative_id}/councils")

    def attachments(self, initiative_id: UUID | str) -> Json:
        return self._get(f"/initiatives/{initiative_id}/attachments")

    def attach(self, initiative_id: UUID, name: str, stream: Any, kind: str, key: str) -> Json:
        """With the key as boundary a second try has the same body, and so counts as the same request."""
        body, content_type = encode_multipart_formdata({"file": (name, stream.read(), kind)}, boundary=key)
        headers = idempotency_key(key) | {"Content-Type": content_type}
        return cast("Json", self._send("POST", f"/initiatives/{initiative_id}/attachments", headers, data=body).json())

    def attachment(self, initiative_id: UUID, attachment_id: UUID) -> Download:
        return self._download(f"/initiatives/{initiative_id}/attachments/{attachment_id}")

    def detach(self, initiative_id: UUID, attachment_id: UUID, version: str) -> None:
        path = f"/initiatives/{initiative_id}/attachments/{attachment_id}"
        self._send("DELETE", path, if_match(version))

    def models(self, **query: Any) -> Json:
        return self._get("/models", **query)

    def model(self, model_id: UUID) -> Json:
        return self._get(f"/models/{model_id}")

    def add_model(self, body: Json, key: str) -> Json:
        return self._post("/models", body, key=key)

    def replicate_model(self, model_id: UUID, body: Json, key: str) -> Json:
        return self._post(f"/models/{model_id}/replications", body, key=key)

    def recommended_dossiers(self, **query: Any) -> Json:
        return self._get("/recommended", **query)

    def recommended_dossier(self, initiative_id: UUID) -> Json:
        return self._get(f"/recommended/{initiative_id}")

    def answer_recommendation(self, initiative_id: UUID, body: Json, version: str) -> Json:
        return self._post(f"/recommended/{initiative_id}/answer", body, version=version)

    def catalogue(self, **query: Any) -> Json:
        return self._get("/catalogue", **query)

    def catalogue_entry(self, entry_id: UUID) -> Json:
        return self._get(f"/catalogue/{entry_id}")
