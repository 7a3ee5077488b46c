{{- /* Names, labels, addresses and images: one place decides what anything is called. */ -}}

{{- define "sangtao.fullname" -}}
{{- .Release.Name | trunc 30 | trimSuffix "-" -}}
{{- end }}

{{- define "sangtao.name" -}}
{{- /* (list $ "registration" "relay") -> <release>-registration-relay */ -}}
{{- $root := first . -}}
{{- printf "%s-%s" (include "sangtao.fullname" $root) (rest . | join "-") -}}
{{- end }}

{{- define "sangtao.serviceUrl" -}}
{{- printf "http://%s:8080" (include "sangtao.name" .) -}}
{{- end }}

{{- define "sangtao.selector" -}}
{{- /* (list $ service process); what never changes about a pod, so that it can select it. */ -}}
app.kubernetes.io/name: sangtao
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
sangtao.vn/service: {{ index . 1 }}
sangtao.vn/process: {{ index . 2 }}
{{- end }}

{{- define "sangtao.labels" -}}
{{- /* (list $) or (list $ service process) */ -}}
{{- $root := first . -}}
app.kubernetes.io/name: sangtao
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/version: {{ $root.Values.image.tag | default $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version }}
{{- if gt (len .) 2 }}
sangtao.vn/service: {{ index . 1 }}
sangtao.vn/process: {{ index . 2 }}
{{- end }}
{{- if $root.Values.trial.enabled }}
sangtao.vn/not-for-production: "true"
{{- end }}
{{- end }}

{{- define "sangtao.accessLabels" -}}
{{- /* A pod asks for network access by wearing these labels; networkpolicies.yaml grants it. */ -}}
{{- range . }}
access.sangtao.vn/{{ . }}: "true"
{{- end }}
{{- end }}

{{- define "sangtao.image" -}}
{{- /* (list $ service); a digest, when given, says exactly what runs. */ -}}
{{- $root := index . 0 -}}
{{- $digest := dig (index . 1) "digest" "" $root.Values.services -}}
{{- $tag := $root.Values.image.tag | default $root.Chart.AppVersion -}}
{{- printf "%s/%s%s" $root.Values.image.repository (index . 1) (empty $digest | ternary (printf ":%s" $tag) (printf "@%s" $digest)) -}}
{{- end }}
