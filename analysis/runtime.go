package analysis

import (
	"math"
	"path"
	"strconv"
	"strings"

	"github.com/oomedic/oomedic/data"
)

// knobRuntimes names the runtime that each memory knob belongs to. A knob that several share is not here.
var knobRuntimes = map[data.Text]data.Text{
	"JAVA_TOOL_OPTIONS": "java", "JDK_JAVA_OPTIONS": "java", "JAVA_OPTS": "java", "_JAVA_OPTIONS": "java",
	"CATALINA_OPTS": "java", "ES_JAVA_OPTS": "java", "KAFKA_HEAP_OPTS": "java",
	"NODE_OPTIONS": "node", "GOMEMLIMIT": "go", "GOGC": "go", "PYTHONMALLOC": "python",
	"DOTNET_GCHeapHardLimit": "dotnet", "DOTNET_GCHeapHardLimitPercent": "dotnet", "DOTNET_gcServer": "dotnet",
	"RUBY_GC_HEAP_GROWTH_FACTOR": "ruby",
}

// programRuntimes names the runtime of well-known programs, as they stand at the start of a command.
var programRuntimes = map[string]data.Text{
	"java": "java", "catalina.sh": "java", "kc.sh": "java",
	"node": "node", "nodejs": "node", "npm": "node", "npx": "node", "yarn": "node", "bun": "node", "next": "node", "pm2": "node",
	"python": "python", "python2": "python", "python3": "python", "gunicorn": "python", "uvicorn": "python", "celery": "python", "uwsgi": "python", "airflow": "python",
	"dotnet": "dotnet", "ruby": "ruby", "bundle": "ruby", "puma": "ruby", "rails": "ruby", "sidekiq": "ruby", "unicorn": "ruby",
}

// imageRuntimes names the runtime behind words of image names, in order of trust.
var imageRuntimes = []struct {
	runtime data.Text
	words   []string
}{
	{"java", []string{"temurin", "corretto", "openjdk", "jdk", "jre", "java", "zulu", "liberica", "semeru", "tomcat", "keycloak", "kafka", "elasticsearch", "opensearch", "cassandra", "spark", "flink", "jenkins", "sonarqube", "neo4j", "zookeeper"}},
	{"node", []string{"node", "nodejs", "bun", "nextjs"}},
	{"python", []string{"python", "gunicorn", "celery", "airflow", "jupyter", "pytorch", "django", "fastapi"}},
	{"dotnet", []string{"dotnet", "aspnet"}},
	{"ruby", []string{"ruby", "rails", "sidekiq", "puma"}},
	{"go", []string{"golang", "prometheus", "grafana", "etcd", "traefik", "coredns", "vault", "minio", "argocd", "loki", "tempo"}},
}

// RuntimeOf returns the language runtime of a container ("go", "java", "node", "python", "dotnet", "ruby", or empty)
// and what says so. It looks at memory knobs in the environment first, then at the command, then at the image's name;
// an image can hold anything, so the last is a guess.
func RuntimeOf(c *data.Container) (runtime, from data.Text) {
	for _, k := range c.Env {
		if rt, ok := knobRuntimes[k.Name]; ok {
			return rt, data.Textf("the environment variable %s is set", k.Name)
		}
	}
	for i, w := range c.Command {
		if i > 4 {
			break
		}
		for _, word := range strings.Fields(w.String()) {
			if rt, ok := programRuntimes[program(word)]; ok {
				return rt, data.Textf("the command has %s in it", word)
			}
		}
		if strings.HasPrefix(w.String(), "-Xm") || strings.HasPrefix(w.String(), "-XX:") {
			return "java", data.Textf("the command has %s in it", w)
		}
		if strings.HasPrefix(w.String(), "--max-old-space-size") {
			return "node", data.Textf("the command has %s in it", w)
		}
	}
	words := imageWords(c.Image)
	for _, r := range imageRuntimes {
		for _, w := range r.words {
			if words[w] {
				return r.runtime, data.Textf("the image is named %s", clip(c.Image, 80))
			}
		}
	}
	return "", ""
}

// program returns the bare name of a program: "python3" of "/usr/bin/python3.12".
func program(word string) string {
	base := path.Base(word)
	if strings.HasPrefix(base, "python3.") {
		return "python3"
	}
	return base
}

// imageWords returns the words of an image's repository and tag, without registry, digest and figures.
func imageWords(image data.Text) map[string]bool {
	s, _, _ := strings.Cut(strings.ToLower(image.String()), "@")
	if first, rest, ok := strings.Cut(s, "/"); ok && strings.ContainsAny(first, ".:") {
		s = rest
	}
	words := map[string]bool{}
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("/:-_.", r) }) {
		words[w] = true
		words[strings.TrimRight(w, "0123456789")] = true
	}
	return words
}

// heapBound is how large a runtime lets its heap grow, and the setting that says so.
type heapBound struct {
	bytes   float64
	percent float64 // of the limit, 0 when the setting is absolute
	setting data.Text
	from    data.Text
}

// jvmHeap returns the JVM's heap bound: -Xmx where it is set, for it beats the percentage, else MaxRAMPercentage of the
// limit. Later sources win as in the JVM: JAVA_TOOL_OPTIONS, then the command and scripts' variables, then _JAVA_OPTIONS.
// It returns nil when nothing is set; the JVM's default is a quarter of the limit then.
func jvmHeap(c *data.Container, limit *int64) *heapBound {
	var xmx, pct *heapBound
	read := func(text string, from data.Text) {
		for _, w := range strings.Fields(text) {
			w = strings.Trim(w, `"'`)
			if v, ok := strings.CutPrefix(w, "-Xmx"); ok {
				if n, ok := jvmSize(v); ok {
					xmx = &heapBound{bytes: n, setting: data.Clean(w), from: from}
				}
			}
			if v, ok := strings.CutPrefix(w, "-XX:MaxRAMPercentage="); ok && limit != nil {
				if p, err := strconv.ParseFloat(v, 64); err == nil && p > 0 && p <= 100 {
					pct = &heapBound{bytes: p / 100 * float64(*limit), percent: p, setting: data.Clean(w), from: from}
				}
			}
		}
	}
	env := func(name data.Text) {
		for _, k := range c.Env {
			if k.Name == name {
				read(k.Value.String(), specCommand(c, `env[?(@.name=="`+name.String()+`")].value`))
			}
		}
	}
	env("JAVA_TOOL_OPTIONS")
	for _, name := range []data.Text{"JDK_JAVA_OPTIONS", "CATALINA_OPTS", "JAVA_OPTS", "ES_JAVA_OPTS", "KAFKA_HEAP_OPTS"} {
		env(name)
	}
	for _, w := range c.Command {
		read(w.String(), specCommand(c, "command"))
	}
	env("_JAVA_OPTIONS")
	if xmx != nil {
		return xmx
	}
	return pct
}

// jvmSize reads a size as the JVM does: 512m, 1g, 65536k, or plain bytes.
func jvmSize(s string) (float64, bool) {
	if s == "" {
		return 0, false
	}
	unit := 1.0
	switch s[len(s)-1] | 0x20 {
	case 'k':
		unit = float64(data.Ki)
	case 'm':
		unit = float64(data.Mi)
	case 'g':
		unit = float64(data.Gi)
	case 't':
		unit = 1024 * float64(data.Gi)
	}
	if unit > 1 {
		s = s[:len(s)-1]
	}
	n, err := strconv.ParseUint(s, 10, 63)
	if err != nil || n == 0 {
		return 0, false
	}
	return float64(n) * unit, true
}

// nodeHeap returns V8's old-space bound from --max-old-space-size (MiB), nil when it is not set.
func nodeHeap(c *data.Container) *heapBound {
	var found *heapBound
	read := func(text string, from data.Text) {
		for _, w := range strings.Fields(text) {
			v, ok := strings.CutPrefix(w, "--max-old-space-size=")
			if !ok {
				v, ok = strings.CutPrefix(w, "--max_old_space_size=")
			}
			if n, err := strconv.ParseUint(v, 10, 32); ok && err == nil && n > 0 {
				found = &heapBound{bytes: float64(n) * float64(data.Mi), setting: data.Clean(w), from: from}
			}
		}
	}
	for _, w := range c.Command {
		read(w.String(), specCommand(c, "command"))
	}
	for _, k := range c.Env {
		if k.Name == "NODE_OPTIONS" {
			read(k.Value.String(), specCommand(c, `env[?(@.name=="NODE_OPTIONS")].value`))
		}
	}
	return found
}

// goLimit returns GOMEMLIMIT in bytes, nil when it is not set or off.
func goLimit(c *data.Container) *heapBound {
	units := []struct {
		suffix string
		unit   float64
	}{{"KiB", float64(data.Ki)}, {"MiB", float64(data.Mi)}, {"GiB", float64(data.Gi)}, {"TiB", 1024 * float64(data.Gi)}, {"B", 1}, {"", 1}}
	for _, k := range c.Env {
		if k.Name != "GOMEMLIMIT" {
			continue
		}
		for _, u := range units {
			v, ok := strings.CutSuffix(k.Value.String(), u.suffix)
			n, err := strconv.ParseUint(v, 10, 62)
			if ok && err == nil && n > 0 {
				return &heapBound{bytes: float64(n) * u.unit, setting: "GOMEMLIMIT=" + k.Value, from: specCommand(c, `env[?(@.name=="GOMEMLIMIT")].value`)}
			}
		}
	}
	return nil
}

// workers returns how many worker processes the environment asks for, 0 when it does not say.
func workers(c *data.Container) int {
	for _, k := range c.Env {
		if k.Name == "WEB_CONCURRENCY" {
			if n, err := strconv.ParseUint(k.Value.String(), 10, 16); err == nil {
				return int(min(n, math.MaxUint16))
			}
		}
	}
	return 0
}
