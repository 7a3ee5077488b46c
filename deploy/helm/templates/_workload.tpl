{{- /* One long-running process of one service: its settings after defaults, and its Deployment. */ -}}

{{- define "sangtao.workload" -}}
{{- /* (list $ service process): the workload with defaults filled in, as YAML. A trial runs one of each. */ -}}
{{- $root := index . 0 -}}
{{- $own := index $root.Values.services (index . 1) "workloads" (index . 2) -}}
{{- $workload := mergeOverwrite (deepCopy $root.Values.defaults) (deepCopy $own) -}}
{{- if $root.Values.trial.enabled -}}
{{- $workload = mergeOverwrite $workload (dict "replicas" 1 "autoscaling" (dict "enabled" false)) -}}
{{- end -}}
{{- $claim := tpl ($own.dataClaim | default "") $root -}}
{{- if $claim -}}
{{- $_ := set $workload "data" (dict "persistentVolumeClaim" (dict "claimName" $claim)) -}}
{{- else if and $own.dataClaim $root.Values.trial.enabled -}}
{{- $_ := set $workload "data" (dict "emptyDir" dict) -}}
{{- end -}}
{{- toYaml $workload -}}
{{- end }}

{{- define "sangtao.deployment" -}}
{{- $root := index . 0 }}
{{- $service := index . 1 }}
{{- $process := index . 2 }}
{{- $workload := include "sangtao.workload" . | fromYaml }}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "sangtao.name" . }}
  labels:
    {{- include "sangtao.labels" . | nindent 4 }}
spec:
  {{- if not $workload.autoscaling.enabled }}
  replicas: {{ $workload.replicas }}
  {{- end }}
  revisionHistoryLimit: 5
  strategy:
    {{- if and $workload.data $root.Values.trial.enabled }}
    type: Recreate  # a trial's volume can be attached to one machine only
    {{- else }}
    type: RollingUpdate
    rollingUpdate: {maxUnavailable: 0, maxSurge: 1}
    {{- end }}
  selector:
    matchLabels:
      {{- include "sangtao.selector" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "sangtao.labels" . | nindent 8 }}
        {{- include "sangtao.accessLabels" ($workload.access | default list) | trim | nindent 8 }}
        {{- if $root.Values.settings.otlpEndpoint }}
        {{- include "sangtao.accessLabels" (list "telemetry") | trim | nindent 8 }}
        {{- end }}
      annotations:
        checksum/settings: {{ include "sangtao.settings" (list $root $service) | sha256sum }}
        {{- if $root.Values.trial.enabled }}
        checksum/secrets: {{ include "sangtao.trial.seed" $root | sha256sum }}
        {{- end }}
        {{- with $workload.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      {{- include "sangtao.podSpec" (list $root $service $process $workload) | trim | nindent 6 }}
{{- end }}

{{- define "sangtao.podSpec" -}}
{{- $root := index . 0 }}
{{- $service := index . 1 }}
{{- $process := index . 2 }}
{{- $workload := index . 3 }}
serviceAccountName: {{ include "sangtao.fullname" $root }}
{{ include "sangtao.pod" $root }}
terminationGracePeriodSeconds: {{ $workload.terminationGracePeriodSeconds }}
{{ include "sangtao.spread" (list $root $service $process) }}
{{- with $workload.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with $workload.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $workload.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
containers:
  - name: {{ $process }}
    {{- include "sangtao.container" . | trim | nindent 4 }}
  {{- if and $root.Values.trial.enabled (eq $service "portal") }}
  {{- include "sangtao.trial.identity" $root | trim | nindent 2 }}
  {{- end }}
volumes:
  - name: tmp
    emptyDir: {sizeLimit: 256Mi}
  {{- with $workload.data }}
  - name: data
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- if and $root.Values.trial.enabled (eq $service "portal") }}
  - name: state
    emptyDir: {}
  {{- end }}
{{- end }}

{{- define "sangtao.container" -}}
{{- $root := index . 0 }}
{{- $service := index . 1 }}
{{- $process := index . 2 }}
{{- $workload := index . 3 }}
{{- $secret := include "sangtao.secretName" (list $root $service) }}
image: {{ include "sangtao.image" (list $root $service) | quote }}
imagePullPolicy: {{ $root.Values.image.pullPolicy }}
command: [python, -m, {{ $service }}]
args: {{ $workload.args | default (list $process) | toJson }}
envFrom:
  - configMapRef: {name: {{ include "sangtao.name" (list $root $service) }}}
{{- $env := printf "%s%s" (include "sangtao.secretEnv" (list $secret $workload.secrets false)) (include "sangtao.secretEnv" (list $secret $workload.optionalSecrets true)) }}
{{- if $env | trim }}
env:
  {{- $env | trim | nindent 2 }}
{{- end }}
ports:
  - {name: http, containerPort: 8080}
{{ include "sangtao.probes" $root }}
lifecycle:
  preStop:
    sleep: {seconds: {{ $workload.preStopSeconds }}}
resources:
  {{- toYaml $workload.resources | nindent 2 }}
{{ include "sangtao.containerSecurity" $root }}
volumeMounts:
  - {name: tmp, mountPath: /tmp}
  {{- if $workload.data }}
  - {name: data, mountPath: /data}
  {{- end }}
{{- end }}
