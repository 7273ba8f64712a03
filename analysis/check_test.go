package analysis

import (
	"strings"
	"testing"

	"github.com/oomedic/oomedic/data"
)

func TestCheckSize(t *testing.T) {
	t.Parallel()
	c, h := database()
	d := diagnose(c, h)
	mib := func(n int64) *int64 { return ptr(n * data.Mi) }
	for _, tc := range []struct {
		name           string
		limit, request *int64
		problem, warns string
	}{
		{"as recommended", mib(768), mib(512), "", ""},
		{"request above limit", mib(768), mib(1024), "above the limit", ""},
		{"request above today's limit", nil, mib(600), "above the limit", ""},
		{"zero", ptr(int64(0)), nil, "above zero", ""},
		{"negative", mib(768), ptr(int64(-1)), "above zero", ""},
		{"what was hit already", mib(512), mib(512), "", "will be killed again"},
		{"lower than today", mib(384), mib(256), "", "lower than today's 512Mi"},
		{"far above the request", mib(2048), mib(512), "", "4.0 times the request"},
		{"below the recommendation", mib(640), mib(512), "", "recommended limit is 768Mi"},
	} {
		problems, warnings := CheckSize(tc.limit, tc.request, &d)
		p, w := strings.Join(textStrings(problems), "; "), strings.Join(textStrings(warnings), "; ")
		if (tc.problem == "") != (p == "") || !strings.Contains(p, tc.problem) {
			t.Errorf("%s: problems %q", tc.name, p)
		}
		if p == "" && ((tc.warns == "") != (w == "") || !strings.Contains(w, tc.warns)) {
			t.Errorf("%s: warnings %q", tc.name, w)
		}
	}
	d.Container.Resources.Request = nil
	if problems, _ := CheckSize(mib(768), nil, &d); len(problems) == 0 {
		t.Error("a limit without a request was taken")
	}
	d.Container.Resources = data.Resources{Limit: mib(512), Request: mib(512)}
	if _, warnings := CheckSize(mib(768), mib(512), &d); !strings.Contains(strings.Join(textStrings(warnings), " "), "Guaranteed") {
		t.Errorf("the QoS class is lost without a word: %q", warnings)
	}
}
