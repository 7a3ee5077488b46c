{{- /* What a process finds in its environment: plain settings, and which keys of which secret. */ -}}

{{- define "sangtao.publicUrl" -}}
{{- if .Values.trial.enabled }}{{ .Values.trial.publicUrl }}{{ else -}}
{{ required "publicUrl is required: the portal's address as a browser types it" .Values.publicUrl }}
{{- end -}}
{{- end }}

{{- define "sangtao.mailFrom" -}}
{{- if .Values.trial.enabled }}{{ .Values.mail.from | default "sangtao@localhost" }}{{ else -}}
{{ required "mail.from is required: the address from which notifications are sent" .Values.mail.from }}
{{- end -}}
{{- end }}

{{- define "sangtao.operatorSubject" -}}
{{- .Values.trial.enabled | ternary "operator" .Values.identity.operatorSubject -}}
{{- end }}

{{- define "sangtao.attachmentUrl" -}}
{{- if .Values.trial.enabled }}file:///data/attachments{{ else -}}
{{ required "attachments.url is required: s3://bucket/prefix, or file:///data/attachments with a claim" .Values.attachments.url }}
{{- end -}}
{{- end }}

{{- define "sangtao.attachmentClaim" -}}
{{- if not .Values.trial.enabled }}{{ .Values.attachments.claim }}
{{- else if .Values.trial.persistence.enabled }}{{ include "sangtao.name" (list . "attachments") }}
{{- end -}}
{{- end }}

{{- define "sangtao.secretName" -}}
{{- /* (list $ service); a trial makes its own secrets, everything else brings them. */ -}}
{{- $root := index . 0 -}}
{{- if $root.Values.trial.enabled -}}
{{ include "sangtao.name" (list $root "trial" (index . 1)) }}
{{- else -}}
{{ (index $root.Values.services (index . 1)).secretName }}
{{- end -}}
{{- end }}

{{- define "sangtao.settings" -}}
{{- /* (list $ service): the service's plain settings as a YAML map; it has no secret in it. */ -}}
{{- $root := index . 0 }}
{{- $trial := $root.Values.trial }}
PORT: "8080"
LOG_LEVEL: {{ $root.Values.settings.logLevel | quote }}
THREADS: {{ $root.Values.settings.threads | int64 | quote }}
{{- $limits := $root.Values.limits }}
RATE_PER_TENANT: {{ $trial.enabled | ternary 0 $limits.perTenant | int64 | quote }}
RATE_PER_IDENTITY: {{ $trial.enabled | ternary 0 $limits.perIdentity | int64 | quote }}
RATE_PER_ADDRESS: {{ $trial.enabled | ternary 0 $limits.perAddress | int64 | quote }}
TRUSTED_PROXIES: {{ $limits.trustedProxies | int64 | quote }}
BROKER_VISIBILITY_SECONDS: {{ $root.Values.settings.brokerVisibilitySeconds | int64 | quote }}
OIDC_AUDIENCE: {{ $root.Values.identity.audience | quote }}
{{- if $trial.enabled }}
OIDC_ISSUER: {{ $trial.issuer | quote }}
OIDC_JWKS_URL: {{ printf "http://%s:8085/jwks" (include "sangtao.name" (list $root "identity")) | quote }}
{{- else }}
OIDC_ISSUER: {{ required "identity.issuer is required: the OpenID provider's URL" $root.Values.identity.issuer | quote }}
{{- with $root.Values.identity.jwksUrl }}
OIDC_JWKS_URL: {{ . | quote }}
{{- end }}
{{- end }}
{{- with $root.Values.identity.issuers }}
{{- $issuers := list }}
{{- range . }}
{{- $issuer := dict "issuer" .issuer "audience" (.audience | default $root.Values.identity.audience) "tenants" (.tenants | default list) }}
{{- with .jwksUrl }}{{ $_ := set $issuer "jwks_url" . }}{{ end }}
{{- $issuers = append $issuers $issuer }}
{{- end }}
OIDC_ISSUERS: {{ $issuers | toJson | quote }}
{{- end }}
{{- with $root.Values.settings.otlpEndpoint }}
OTEL_EXPORTER_OTLP_ENDPOINT: {{ . | quote }}
{{- end }}
{{- range $name, $template := (index $root.Values.services (index . 1)).env }}
{{- with tpl $template $root }}
{{ $name }}: {{ . | quote }}
{{- end }}
{{- end }}
{{- end }}

{{- define "sangtao.secretEnv" -}}
{{- /* (list secretName keys optional): environment entries that read keys of one secret. */ -}}
{{- $secret := index . 0 }}
{{- $optional := index . 2 }}
{{- range index . 1 }}
- name: {{ . }}
  valueFrom:
    secretKeyRef:
      name: {{ $secret }}
      key: {{ . }}
      {{- if $optional }}
      optional: true
      {{- end }}
{{- end }}
{{- end }}

{{- define "sangtao.settingsEnv" -}}
{{- /* The settings written out, for hooks: they run before any ConfigMap of the release exists. */ -}}
{{- include "sangtao.environment" (include "sangtao.settings" . | fromYaml) }}
{{- end }}

{{- define "sangtao.environment" -}}
{{- range $name, $value := . }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end }}
