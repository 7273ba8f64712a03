package prom

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/oomedic/oomedic/data"
)

const emptyVector = `{"status":"success","data":{"resultType":"vector","result":[]}}`

// TestHalfASecretIsNotShown holds that secrets are taken out before a text is cut, wherever the cut falls.
func TestHalfASecretIsNotShown(t *testing.T) {
	t.Parallel()
	const secret = "s3cr3t-0123456789-abcdefghij"
	for _, kind := range []string{"bad_data", "execution", "internal"} {
		for _, code := range []int{400, 422, 500, 200} {
			for before := 0; before < 400; before += 7 {
				body := `{"status":"error","errorType":"` + kind + `","error":"` + strings.Repeat("x", before) + secret + strings.Repeat("y", 300) + `"}`
				r, err := Dial("http://engine", Options{Hidden: []string{secret}, Transport: roundTripper(func(req *http.Request) (*http.Response, error) {
					return &http.Response{StatusCode: code, Header: http.Header{"Content-Type": {jsonKind}}, Body: io.NopCloser(strings.NewReader(body)), Request: req}, nil
				})})
				if err != nil {
					t.Fatal(err)
				}
				_, err = r.instant(t.Context(), "up", testNow)
				if err == nil || strings.Contains(err.Error(), secret[:4]) || len(err.Error()) > 2*maxText {
					t.Fatalf("%s %d after %d: %v", kind, code, before, err)
				}
			}
		}
	}
}

// TestSecretsOfFilesAreNotShown holds that what a server repeats of a secret that lies in a file does not show.
func TestSecretsOfFilesAreNotShown(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte("t0ken-of-the-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Header.Get("Authorization") != "Bearer t0ken-of-the-file" {
			t.Errorf("sent %q", req.Header)
		}
		says(400, jsonKind, `{"status":"error","errorType":"bad_data","error":"who is `+req.Header.Get("Authorization")+`?"}`)(w, req)
	}))
	t.Cleanup(s.Close)
	for _, text := range []string{"bearer_token_file: " + file, "authorization: {credentials_file: " + file + "}"} {
		settings, err := settingsOf(t, "default: {prometheus: {"+text+"}}\n")
		if err != nil {
			t.Fatal(err)
		}
		o, err := settings.Options(Options{})
		if err != nil {
			t.Fatal(err)
		}
		r, err := Dial(s.URL, o)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = r.instant(t.Context(), "up", testNow); err == nil || strings.Contains(err.Error(), "t0ken") || !strings.Contains(err.Error(), "who is") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestHeadersThatAreSecrets(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"Proxy-Authorization": true, "authorization": true, "X-Api-Key": true, "Cf-Access-Client-Secret": true, "X-Auth-Request": true, "Set-Cookie": true,
		"X-Session-Id": true, "X-Password": true, "X-Scope-OrgID": false, "X-Request-Id": false, "Accept": false, "Host": false,
	} {
		if got := SecretHeader(name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestVariablesAreReplacedOnce holds that what a variable stands for is taken as it is, however many headers follow.
func TestVariablesAreReplacedOnce(t *testing.T) {
	t.Setenv("HOSTILE_SECRET", "pa$${NOT_A_VARIABLE}ss")
	s := &Settings{}
	for _, h := range []string{"X-Api-Key: ${HOSTILE_SECRET}", "X-Scope-OrgID: team:a", "X-Url: http://h:1/?a=b"} {
		if err := s.AddHeader(h); err != nil {
			t.Fatalf("%s: %v", h, err)
		}
	}
	h := s.Header()
	if h.Get("X-Api-Key") != "pa$${NOT_A_VARIABLE}ss" || h.Get("X-Scope-OrgID") != "team:a" || h.Get("X-Url") != "http://h:1/?a=b" {
		t.Errorf("%v", h)
	}
	if err := s.AddHeader("X-Other: ${NOT_A_VARIABLE}"); err == nil || !strings.Contains(err.Error(), "NOT_A_VARIABLE") {
		t.Errorf("%v", err)
	}
}

// TestAddressesAreNotRepeatedWithTokens holds that what stands behind ? or # is not shown when an address is refused.
func TestAddressesAreNotRepeatedWithTokens(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"http://host/?token=hunter2", "host/?token=hunter2", "http://host/#hunter2", "http://host/?x=@hunter2", "http://host:bad/?hunter2"} {
		if _, err := Dial(address, Options{}); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// TestRedirectsToAnotherPort holds that credentials do not follow to another server of the same host.
func TestRedirectsToAnotherPort(t *testing.T) {
	t.Parallel()
	seen := make(chan http.Header, 8)
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		seen <- req.Header
		says(200, jsonKind, emptyVector)(w, req)
	}))
	t.Cleanup(other.Close)
	r, _ := serve(t, Options{Header: http.Header{"Authorization": {"Bearer hunter2"}}}, func(w http.ResponseWriter, req *http.Request) {
		http.Redirect(w, req, other.URL+req.URL.Path, http.StatusTemporaryRedirect)
	})
	_, err := r.instant(t.Context(), "up", testNow)
	if troubleOf(err) != Unauthorized || len(seen) > 0 {
		t.Errorf("%v, and %d requests came there", err, len(seen))
	}
}

// TestPrefixesThatLeadAway holds that a server which answers the search can't send it to other places: behind the API
// server's proxy those would be asked with the credentials of the kubeconfig.
func TestPrefixesThatLeadAway(t *testing.T) {
	t.Parallel()
	for location, want := range map[string]string{
		"/prom/graph": "/prom", "/a/b.c-d_e~1/query": "/a/b.c-d_e~1", "/graph": "",
		"/../../secrets": "", "/a/../../b": "", "/a//b": "", "/a%2f..%2fb": "", "/a%3fb=c": "", "/a%0d%0ab": "", "//evil.example/prom": "",
		"http://evil.example/prom": "", "/" + strings.Repeat("a", 300): "", "/a b": "", `/a\..\b`: "", "javascript:alert(1)": "",
	} {
		e := Endpoint{Address: "http://prometheus:9090", Options: Options{Transport: roundTripper(func(req *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 302, Header: http.Header{"Location": {location}}, Body: http.NoBody, Request: req}, nil
		})}}
		if got := e.learnPrefix(t.Context()); got != want {
			t.Errorf("%q: %q, want %q", location, got, want)
		}
	}
}

// TestBrokenCompression holds that a body which is not what its header says is a bad answer, and no lost connection.
func TestBrokenCompression(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{"no gzip": "plain text", "cut off": "\x1f\x8b\x08\x00", "broken inside": "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x07\x07\x07\x07"} {
		r, _ := serve(t, Options{}, func(w http.ResponseWriter, req *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			says(200, jsonKind, body)(w, req)
		})
		_, err := r.instant(t.Context(), "up", testNow)
		_, streamErr := r.streamed(t.Context(), "up", testNow, func(*row) {})
		if troubleOf(err) != BadAnswer || troubleOf(streamErr) != BadAnswer {
			t.Errorf("%s: %v; %v", name, err, streamErr)
		}
	}
}

// TestAWebPageInAStream holds that a page without a content type is told for what it is, in answers that are read as
// they come too.
func TestAWebPageInAStream(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"", "text/plain", "text/html; charset=utf-8", jsonKind} {
		r, _ := serve(t, Options{}, says(200, kind, "<html>Log in</html>"))
		if _, err := r.streamed(t.Context(), "up", testNow, func(*row) { t.Error("a row") }); troubleOf(err) != NotPrometheus {
			t.Errorf("%q: %v", kind, err)
		}
	}
}

// TestStreamsWherePostIsForbidden holds that a proxy which lets only GET through answers large questions too.
func TestStreamsWherePostIsForbidden(t *testing.T) {
	t.Parallel()
	for _, code := range []int{403, 405, 501} {
		r, _ := serve(t, Options{}, func(w http.ResponseWriter, req *http.Request) {
			if req.Method == http.MethodPost {
				w.WriteHeader(code)
				return
			}
			says(200, jsonKind, emptyVector)(w, req)
		})
		if _, err := r.streamed(t.Context(), "up", testNow, func(*row) {}); err != nil {
			t.Errorf("%d: %v", code, err)
		}
	}
	r, _ := serve(t, Options{}, says(403, jsonKind, "{}"))
	if _, err := r.streamed(t.Context(), "up", testNow, func(*row) {}); troubleOf(err) != Unauthorized {
		t.Errorf("%v", err)
	}
}

// TestClocksThatDiffer holds that a server's clock is compared with the one here, and that only what is certain is said.
func TestClocksThatDiffer(t *testing.T) {
	t.Parallel()
	sent := time.Date(2026, 3, 15, 12, 0, 0, 500, time.UTC)
	came := sent.Add(20 * time.Second)
	for name, c := range map[string]struct {
		date, age string
		words     string
	}{
		"the same":             {date: sent.Add(time.Second).Format(http.TimeFormat)},
		"in the second":        {date: sent.Format(http.TimeFormat)},
		"a slow answer":        {date: sent.Add(19 * time.Second).Format(http.TimeFormat)},
		"a little behind":      {date: sent.Add(-50 * time.Second).Format(http.TimeFormat)},
		"ten minutes behind":   {date: sent.Add(-10 * time.Minute).Format(http.TimeFormat), words: "9m59s behind"},
		"ten minutes ahead":    {date: came.Add(10 * time.Minute).Format(http.TimeFormat), words: "10m0s ahead of"},
		"out of a cache":       {date: sent.Add(-10 * time.Minute).Format(http.TimeFormat), age: "600"},
		"without one":          {},
		"one that is no time":  {date: "yesterday"},
		"an answer as of 1970": {date: "Thu, 01 Jan 1970 00:00:00 GMT", words: "behind"},
	} {
		k := &clock{}
		h := http.Header{"Date": {c.date}}
		if c.age != "" {
			h.Set("Age", c.age)
		}
		k.read(h, sent, came)
		gaps := k.gaps()
		if c.words == "" != (len(gaps) == 0) || len(gaps) > 0 && !strings.Contains(gaps[0].Why.String(), c.words) {
			t.Errorf("%s: %v", name, gaps)
		}
	}
	if (*clock)(nil).gaps() != nil {
		t.Error("an engine within the process has a clock of its own")
	}
}

// TestASkewedPrometheusIsSaid holds that a probe tells of it.
func TestASkewedPrometheusIsSaid(t *testing.T) {
	t.Parallel()
	e := withMemory(t)
	for _, skew := range []time.Duration{0, 15 * time.Minute, -15 * time.Minute} {
		r, _ := serve(t, Options{Log: slog.New(slog.DiscardHandler)}, func(w http.ResponseWriter, req *http.Request) {
			w.Header().Set("Date", time.Now().Add(skew).UTC().Format(http.TimeFormat))
			e.Config.Handler.ServeHTTP(w, req)
		})
		st := r.Probe(t.Context())
		said := false
		for _, g := range st.Missing {
			said = said || strings.Contains(g.Why.String(), "the clock of Prometheus is")
		}
		if !st.Reachable || said != (skew != 0) {
			t.Errorf("%s: %+v", skew, st)
		}
		c, err := r.Chart(t.Context(), apiCase(), data.Day)
		if err == nil && skew == 0 == strings.Contains(gapText(c.Gaps), "the clock of Prometheus is") {
			t.Errorf("%s: %v", skew, c.Gaps)
		}
	}
}

func gapText(gaps []data.Gap) string {
	var b strings.Builder
	for _, g := range gaps {
		b.WriteString(g.What.String() + ": " + g.Why.String() + "\n")
	}
	return b.String()
}
