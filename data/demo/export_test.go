package demo

import (
	"strings"
	"testing"

	"github.com/prometheus/prometheus/model/labels"
)

func TestExportIsOpenMetrics(t *testing.T) {
	t.Parallel()
	s, err := Start(t.Context(), Options{span: scrapeEvery * 90})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	var text strings.Builder
	if err := s.Export(t.Context(), &text, "pod", "nobody"); err != nil || text.String() != "# EOF\n" {
		t.Errorf("%q, %v", text.String(), err)
	}
	text.Reset()
	if err := s.Export(t.Context(), &text, "namespace", "data"); err != nil {
		t.Fatal(err)
	}
	families := map[string]int{}
	lines := strings.Split(strings.TrimSuffix(text.String(), "\n"), "\n")
	for _, l := range lines {
		if name, ok := strings.CutPrefix(l, "# TYPE "); ok {
			families[name]++
		}
	}
	if len(families) < 5 || lines[len(lines)-1] != "# EOF" || len(lines) < 500 {
		t.Errorf("%d families in %d lines", len(families), len(lines))
	}
	for name, n := range families {
		if n != 1 {
			t.Errorf("%s is declared %d times", name, n)
		}
	}
}

func TestOpenMetricsNames(t *testing.T) {
	t.Parallel()
	for want, l := range map[string]labels.Labels{
		"up":                                  labels.FromStrings("__name__", "up"),
		`up{job="a",pod="b"}`:                 labels.FromStrings("__name__", "up", "pod", "b", "job", "a"),
		`up{id="/a\"b\\c\nd"}`:                labels.FromStrings("__name__", "up", "id", "/a\"b\\c\nd"),
		`container_oom_events_total{pod="p"}`: labels.FromStrings("__name__", "container_oom_events_total", "pod", "p"),
	} {
		if got := openMetricsName(l); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
