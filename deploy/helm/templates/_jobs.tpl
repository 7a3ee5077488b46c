{{- /* One-off pods of a service: its migration, preceded by the bootstrap when that is on, and tasks started by hand. */ -}}

{{- define "sangtao.jobPod" -}}
{{- /* (list $ service process access): labels and everything of the pod but its containers. */ -}}
{{- $root := index . 0 -}}
metadata:
  labels:
    {{- include "sangtao.labels" (list $root (index . 1) (index . 2)) | nindent 4 }}
    {{- include "sangtao.accessLabels" (index . 3) | trim | nindent 4 }}
spec:
  # A hook runs before the release's own account exists; this one's token is not mounted either.
  serviceAccountName: default
  restartPolicy: {{ $root.Values.trial.enabled | ternary "OnFailure" "Never" }}
  {{- include "sangtao.pod" $root | nindent 2 }}
  volumes:
    - name: tmp
      emptyDir: {sizeLimit: 256Mi}
{{- end }}

{{- define "sangtao.jobContainer" -}}
{{- /* (list $ service command secretEnv): one command of the service, with the settings written out. */ -}}
{{- $root := index . 0 -}}
- name: {{ index . 2 }}
  image: {{ include "sangtao.image" (list $root (index . 1)) | quote }}
  imagePullPolicy: {{ $root.Values.image.pullPolicy }}
  command: [python, -m, {{ index . 1 }}]
  args: [{{ index . 2 }}]
  env:
    {{- include "sangtao.settingsEnv" (list $root (index . 1)) | trim | nindent 4 }}
    {{- index . 3 | trim | nindent 4 }}
  resources:
    {{- toYaml $root.Values.migration.resources | nindent 4 }}
  {{- include "sangtao.containerSecurity" $root | nindent 2 }}
  volumeMounts:
    - {name: tmp, mountPath: /tmp}
{{- end }}

{{- define "sangtao.migration" -}}
{{- /* (list $ service): bootstrap, when on, then migrate, in one pod, one after the other; in a trial also what follows. */ -}}
{{- $root := index . 0 }}
{{- $service := index . 1 }}
{{- $definition := index $root.Values.services $service }}
{{- $trial := $root.Values.trial.enabled }}
{{- $secret := include "sangtao.secretName" . }}
{{- $urls := include "sangtao.secretEnv" (list $secret $definition.migration.secrets false) }}
{{- $steps := list }}
{{- if or $root.Values.bootstrap.enabled $trial }}
{{- $adminSecret := $trial | ternary (include "sangtao.name" (list $root "trial")) $root.Values.bootstrap.secretName }}
{{- $admin := include "sangtao.secretEnv" (list $adminSecret (list "ADMIN_DATABASE_URL") false) }}
{{- $steps = append $steps (include "sangtao.jobContainer" (list $root $service "bootstrap" (print $urls $admin))) }}
{{- end }}
{{- $steps = append $steps (include "sangtao.jobContainer" (list $root $service "migrate" $urls)) }}
{{- range $task, $needs := $definition.tasks }}
{{- if and $trial $needs.afterTrialMigration }}
{{- $env := include "sangtao.secretEnv" (list $secret $needs.secrets false) }}
{{- $steps = append $steps (include "sangtao.jobContainer" (list $root $service $task $env)) }}
{{- end }}
{{- end }}
{{- include "sangtao.jobPod" (list $root $service "migrate" (list "database" "broker")) }}
  {{- with initial $steps }}
  initContainers:
    {{- join "\n" . | nindent 4 }}
  {{- end }}
  containers:
    {{- last $steps | nindent 4 }}
{{- end }}
