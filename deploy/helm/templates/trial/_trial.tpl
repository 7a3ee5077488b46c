{{- /* NOT FOR PRODUCTION. What a trial adds: one seed from which every password of it follows, and the OpenID provider. */ -}}

{{- define "sangtao.trial.seed" -}}
{{- /* Made once: an upgrade finds it in the cluster, and all that is derived from it stays the same. */ -}}
{{- $name := include "sangtao.name" (list . "trial") -}}
{{- $kept := lookup "v1" "Secret" .Release.Namespace $name -}}
{{- if not (hasKey .Values.trial "_seed") -}}
{{- $seed := dig "data" "seed" "" $kept -}}
{{- $_ := set .Values.trial "_seed" (empty $seed | ternary (randAlphaNum 40) ($seed | b64dec)) -}}
{{- end -}}
{{- .Values.trial._seed -}}
{{- end }}

{{- define "sangtao.trial.password" -}}
{{- /* (list $ name) */ -}}
{{- printf "%s/%s" (include "sangtao.trial.seed" (index . 0)) (index . 1) | sha256sum | trunc 32 -}}
{{- end }}

{{- define "sangtao.trial.passwordEnv" -}}
{{- /* (list $ key) */ -}}
- name: PASSWORD
  valueFrom:
    secretKeyRef: {name: {{ include "sangtao.name" (list (index . 0) "trial") }}, key: {{ index . 1 }}}
{{- end }}

{{- define "sangtao.trial.databaseUrl" -}}
{{- /* (list $ user database) */ -}}
{{- $root := index . 0 -}}
{{- $password := include "sangtao.trial.password" (list $root (index . 1)) -}}
{{- printf "postgresql://%s:%s@%s:5432/%s" (index . 1) $password (include "sangtao.name" (list $root "trial")) (index . 2) -}}
{{- end }}

{{- define "sangtao.trial.container" -}}
{{- /* (list $ name port environment): one server out of the image `local`, with its state in /state/<name>. */ -}}
{{- $root := index . 0 -}}
{{- $name := index . 1 -}}
- name: {{ $name }}
  image: {{ include "sangtao.image" (list $root "local") | quote }}
  imagePullPolicy: {{ $root.Values.image.pullPolicy }}
  command: [python, -m, local]
  args: [{{ $name }}]
  env:
    - {name: BIND, value: "0.0.0.0"}
    - {name: PORT, value: {{ index . 2 | quote }}}
    - {name: STATE_DIR, value: /state/{{ $name }}}
    {{- with index . 3 | trim }}
    {{- . | nindent 4 }}
    {{- end }}
  ports:
    - {name: {{ $name }}, containerPort: {{ index . 2 }}}
  startupProbe:
    tcpSocket: {port: {{ $name }}}
    periodSeconds: 2
    failureThreshold: 60
  livenessProbe:
    tcpSocket: {port: {{ $name }}}
    periodSeconds: 10
  readinessProbe:
    tcpSocket: {port: {{ $name }}}
    periodSeconds: 5
  resources:
    {{- toYaml $root.Values.trial.resources | nindent 4 }}
  {{- include "sangtao.containerSecurity" $root | nindent 2 }}
  volumeMounts:
    - {name: tmp, mountPath: /tmp}
    - {name: state, mountPath: /state}
{{- end }}

{{- define "sangtao.trial.identity" -}}
{{- /*
The provider runs inside the portal's pod, so that its address, localhost, means the same to the portal and to a browser
behind `kubectl port-forward`. Its key lives as long as the pod: after that, one signs in again.
*/ -}}
{{- $environment := dict "IDENTITY_ISSUER" .Values.trial.issuer "IDENTITY_REDIRECT_URIS" (printf "%s/callback" .Values.trial.publicUrl) -}}
{{- /* The sample's loader asks for its tokens inside the cluster, where there is no TLS. */ -}}
{{- $_ := set $environment "AUTHLIB_INSECURE_TRANSPORT" "1" -}}
{{- include "sangtao.trial.container" (list . "identity" 8085 (include "sangtao.environment" $environment)) }}
{{- end }}
