package kube_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
)

const stamp = "2026-11-23T03:12:00.5Z "

// logServer answers with the log of the life before, and of this one; a nil one is not there.
func logServer(t *testing.T, before, now func(tail string) string) *kube.Client {
	t.Helper()
	return against(t, kube.Options{ReadOnly: true}, func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if !strings.HasSuffix(r.URL.Path, "/pods/api-0/log") || q.Get("container") != "api" || q.Get("timestamps") != "true" {
			answer(w, 404, status(404, metav1.StatusReasonNotFound, "not this one"))
			return
		}
		text := now
		if q.Get("previous") == "true" {
			text = before
		}
		if text == nil {
			answer(w, 400, status(400, metav1.StatusReasonBadRequest, `previous terminated container "api" in pod "api-0" not found`))
			return
		}
		_, _ = fmt.Fprint(w, text(q.Get("tailLines")))
	})
}

func lines(text string) func(string) string { return func(string) string { return text } }

var logKey = data.Key{Namespace: "shop", Pod: "api-0", Container: "api"}

func TestLastLog(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 10<<20)
	for _, c := range []struct {
		name        string
		before, now func(string) string
		want        []string // the lines
		short       string
		previous    bool
	}{
		{"the life before", lines(stamp + "one\n" + stamp + "two\n"), lines(stamp + "new\n"), []string{"one", "two"}, "", true},
		{"without an end of line", lines(stamp + "one\n" + stamp + "tw"), nil, []string{"one", "tw"}, "", true},
		{"no life before", nil, lines(stamp + "new\n"), []string{"new"}, "no log of a life before this one", false},
		{"an empty life before", lines(""), lines(stamp + "new\n"), []string{"new"}, "is empty", false},
		{"colours and control bytes", lines(stamp + "\x1b[31mred\x1b[0m \x1b]0;title\x07\n"), nil, []string{"red ␛]0;title␇"}, "", true},
		{"without times", lines("plain line\n"), nil, []string{"plain line"}, "", true},
		{"binary", lines(stamp + "ok\n" + stamp + strings.Repeat("\x00\xff\x01", 400) + "\n"), nil, []string{"ok", "(1Ki that are no text)"}, "", true},
		{"a line of 10 MiB", lines(stamp + "before\n" + stamp + long + "\n" + stamp + "last\n"), nil, []string{"before", long[:600], "last"}, "", true},
		{"two hundred lines of 10 MiB", func(tail string) string {
			if tail == "2" {
				return stamp + long + "\n" + stamp + "last\n"
			}
			return strings.Repeat(stamp+long+"\n", 5)
		}, nil, []string{long[:600], "last"}, "only the last 2 lines", true},
		{"nothing that fits", lines(strings.Repeat(long, 4)), lines(""), nil, "so they are not read", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := logServer(t, c.before, c.now).LastLog(t.Context(), logKey)
			must(t, err)
			var text []string
			for _, l := range got.Lines {
				text = append(text, l.Text.String())
			}
			if fmt.Sprintf("%.200q", text) != fmt.Sprintf("%.200q", c.want) || len(text) != len(c.want) {
				t.Errorf("%.300q, want %.300q", text, c.want)
			}
			if !strings.Contains(got.Short.String(), c.short) || (c.short == "") != (got.Short == "") || got.Previous != c.previous {
				t.Errorf("short %q, previous %v", got.Short, got.Previous)
			}
			if !strings.HasPrefix(got.From.String(), "kubectl logs -n shop api-0 -c api") {
				t.Errorf("from %s", got.From)
			}
		})
	}
}

func TestLongLinesSayHowLongTheyAre(t *testing.T) {
	t.Parallel()
	got, err := logServer(t, lines(stamp+strings.Repeat("é", 5<<20)+"\n"+stamp+"short\n"), nil).LastLog(t.Context(), logKey)
	must(t, err)
	if l := got.Lines[0]; l.Cut < 10<<20-700 || l.At.IsZero() || strings.ContainsRune(l.Text.String(), '�') {
		t.Errorf("%d bytes cut at %s: %.40q", l.Cut, l.At, l.Text)
	}
	if l := got.Lines[1]; l.Cut != 0 {
		t.Errorf("%d bytes cut of a short line", l.Cut)
	}
}

func TestLogThatMayNotBeRead(t *testing.T) {
	t.Parallel()
	c := against(t, kube.Options{}, func(w http.ResponseWriter, _ *http.Request) {
		answer(w, 403, status(403, metav1.StatusReasonForbidden, `pods "api-0" is forbidden: User "eve" cannot get resource "pods/log" in API group "" in the namespace "shop"`))
	})
	_, err := c.LastLog(t.Context(), logKey)
	if err == nil || !strings.Contains(err.Error(), `user "eve" lacks the right to get pods/log in namespace shop`) {
		t.Errorf("%v", err)
	}
}
