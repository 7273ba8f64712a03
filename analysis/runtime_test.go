package analysis

import (
	"strings"
	"testing"

	"github.com/oomedic/oomedic/data"
)

func TestRuntimeOf(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		c    data.Container
		want data.Text
	}{
		{data.Container{Env: []data.Knob{{Name: "GOMEMLIMIT", Value: "400MiB"}}, Image: "node:22"}, "go"},
		{data.Container{Env: []data.Knob{{Name: "MALLOC_ARENA_MAX", Value: "2"}}}, ""},
		{data.Container{Command: []data.Text{"/usr/local/bin/python3.12", "app.py"}}, "python"},
		{data.Container{Command: []data.Text{"sh", "-c", "exec java -jar app.jar"}}, "java"},
		{data.Container{Command: []data.Text{"/app", "--node", "x"}}, ""},
		{data.Container{Image: "docker.io/library/eclipse-temurin:21-jre"}, "java"},
		{data.Container{Image: "mcr.microsoft.com/dotnet/aspnet:9.0"}, "dotnet"},
		{data.Container{Image: "registry.example:5000/shop/node22-api@sha256:abc"}, "node"},
		{data.Container{Image: "node.example.com/shop/api:1"}, ""},
		{data.Container{Image: "shop/nodejs-less:1"}, "node"},
		{data.Container{Image: "shop/javanese:1"}, ""},
		{data.Container{}, ""},
	} {
		got, from := RuntimeOf(&tc.c)
		if got != tc.want || (got != "") != (from != "") {
			t.Errorf("%+v: %q from %q, want %q", tc.c, got, from, tc.want)
		}
	}
}

func TestHeapBounds(t *testing.T) {
	t.Parallel()
	limit := ptr(data.Gi)
	heap := func(env ...data.Knob) float64 {
		if b := jvmHeap(&data.Container{Env: env}, limit); b != nil {
			return b.bytes / mi
		}
		return -1
	}
	for _, tc := range []struct {
		env  []data.Knob
		want float64
	}{
		{nil, -1},
		{[]data.Knob{{Name: "JAVA_OPTS", Value: "-Xms64m -Xmx512m"}}, 512},
		{[]data.Knob{{Name: "JAVA_OPTS", Value: "-Xmx1g -Xmx768m"}}, 768},
		{[]data.Knob{{Name: "_JAVA_OPTIONS", Value: "-Xmx256m"}, {Name: "JAVA_TOOL_OPTIONS", Value: "-Xmx512m"}}, 256},
		{[]data.Knob{{Name: "JAVA_TOOL_OPTIONS", Value: "-XX:MaxRAMPercentage=50"}}, 512},
		{[]data.Knob{{Name: "JAVA_TOOL_OPTIONS", Value: "-XX:MaxRAMPercentage=50 -Xmx300M"}}, 300},
		{[]data.Knob{{Name: "JAVA_TOOL_OPTIONS", Value: "-Xmx -XX:MaxRAMPercentage=900 -Xmxyz -Xmx0"}}, -1},
	} {
		if got := heap(tc.env...); got != tc.want {
			t.Errorf("%v: %v, want %v", tc.env, got, tc.want)
		}
	}
	node := &data.Container{Env: []data.Knob{{Name: "NODE_OPTIONS", Value: "--inspect --max-old-space-size=768"}}}
	if b := nodeHeap(node); b == nil || b.bytes != 768*mi {
		t.Errorf("node: %+v", b)
	}
	if nodeHeap(&data.Container{Env: []data.Knob{{Name: "NODE_OPTIONS", Value: "--inspect"}}}) != nil {
		t.Error("node without a bound")
	}
	for v, want := range map[data.Text]float64{"900MiB": 900 * mi, "1GiB": gi, "1048576": mi, "off": -1, "": -1} {
		got := -1.0
		if b := goLimit(&data.Container{Env: []data.Knob{{Name: "GOMEMLIMIT", Value: v}}}); b != nil {
			got = b.bytes
		}
		if got != want {
			t.Errorf("GOMEMLIMIT=%s: %v, want %v", v, got, want)
		}
	}
}

func TestJVMSize(t *testing.T) {
	t.Parallel()
	c, h := simple(7*24*60*60*1e9, 60*1e9, 0, fill(200, 530, 5), env("JAVA_TOOL_OPTIONS", "-Xmx512m"))()
	d := diagnose(c, h)
	if *d.Recommendation.Limit != 768*data.Mi || !d.Recommendation.Cures {
		t.Errorf("limit %s for a heap of 512Mi, want 768Mi", humanInt(d.Recommendation.Limit))
	}
	c, h = simple(7*24*60*60*1e9, 60*1e9, 0, fill(200, 530, 5), env("JAVA_TOOL_OPTIONS", "-XX:MaxRAMPercentage=95.0"))()
	d = diagnose(c, h)
	if d.Recommendation.Cures || !strings.Contains(strings.Join(textStrings(d.Recommendation.Warnings), " "), "MaxRAMPercentage=75.0") {
		t.Errorf("a percentage grows with the limit: %v %q", d.Recommendation.Cures, d.Recommendation.Warnings)
	}
}
