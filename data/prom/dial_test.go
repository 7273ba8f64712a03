package prom

import (
	"bytes"
	"encoding/base64"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestDialExplainsAddresses(t *testing.T) {
	t.Parallel()
	for address, words := range map[string]string{
		"":                                 "empty",
		"localhost:9090":                   "no scheme",
		"ftp://host":                       "neither http nor https",
		"http://":                          "no host",
		"http://user:hunter2@":             "no host",
		"http://host:port":                 "not a URL",
		"http://u:hunter2@host:bad":        "not a URL",
		"u:hunter2@host:9090":              "no scheme",
		"http://host/?q=1":                 "query",
		"http://host/#graph":               "fragment",
		"file:///etc/passwd":               "neither",
		"http://user:hun%zzter2@host":      "not a URL",
		"http://[::1":                      "not a URL",
		"https://u:hunter2@host/a?x=@\x1b": "not a URL",
	} {
		_, err := Dial(address, Options{})
		if err == nil {
			t.Errorf("%q passes", address)
			continue
		}
		if text := err.Error(); !strings.Contains(text, words) || strings.Contains(text, "hunter2") || strings.ContainsAny(text, "\n\x1b") {
			t.Errorf("%q: %s", address, text)
		}
	}
	for address, source := range map[string]string{
		"http://localhost:9090":               "http://localhost:9090",
		" https://u:hunter2@host/prom/ ":      "https://host/prom",
		"http://host:9090/api/v1/":            "http://host:9090",
		"http://[::1]:9090":                   "http://[::1]:9090",
		"https://host/tenant/prom/api/v1?":    "https://host/tenant/prom?",
		"HTTPS://Example.com":                 "https://Example.com",
		"http://host/api/v1/namespaces/proxy": "http://host/api/v1/namespaces/proxy",
	} {
		r, err := Dial(address, Options{})
		if err != nil || strings.TrimSuffix(r.Source().String(), "?") != strings.TrimSuffix(source, "?") {
			t.Errorf("%q: %v, %v", address, r, err)
		}
	}
}

func TestCredentialsAreSentAndNeverShown(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	var got http.Header
	echo := func(w http.ResponseWriter, r *http.Request) { // a server that repeats what it was sent
		got = r.Header.Clone()
		w.Header().Set("Content-Type", jsonKind)
		w.WriteHeader(400)
		_, pass, _ := r.BasicAuth()
		_, _ = io.WriteString(w, `{"status":"error","errorType":"bad_data","error":"bad `+pass+` `+r.Header.Get("X-Api-Token")+` `+r.Header.Get("Authorization")+`"}`)
	}
	s := httptest.NewServer(http.HandlerFunc(echo))
	t.Cleanup(s.Close)
	address := strings.Replace(s.URL, "http://", "http://kim:hunter2@", 1)
	r, err := Dial(address, Options{
		Header: http.Header{"X-Scope-OrgID": {"tenant"}, "X-Api-Token": {"t0ken-t0ken"}},
		Log:    slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = r.instant(t.Context(), "up", testNow)
	if user, pass, _ := (&http.Request{Header: got}).BasicAuth(); user != "kim" || pass != "hunter2" || got.Get("X-Scope-OrgID") != "tenant" {
		t.Errorf("sent %v", got)
	}
	basic := base64.StdEncoding.EncodeToString([]byte("kim:hunter2"))
	for _, secret := range []string{"hunter2", "t0ken-t0ken", basic} {
		if strings.Contains(err.Error()+log.String()+r.Source().String(), secret) {
			t.Errorf("%s shows in %q or in the log", secret, err)
		}
	}
}

func TestRedirectsThatKeepTheQuery(t *testing.T) {
	t.Parallel()
	const empty = `{"status":"success","data":{"resultType":"vector","result":[]}}`
	r, _ := serve(t, Options{}, func(w http.ResponseWriter, req *http.Request) {
		if !strings.HasPrefix(req.URL.Path, "/prom") {
			http.Redirect(w, req, "/prom"+req.URL.Path, http.StatusTemporaryRedirect)
			return
		}
		if req.Method != http.MethodPost || req.FormValue("query") != "up" {
			w.WriteHeader(400)
			return
		}
		says(200, jsonKind, empty)(w, req)
	})
	if _, err := r.instant(t.Context(), "up", testNow); err != nil {
		t.Error(err)
	}
}

// TestProxyThatForbidsPost holds that a proxy which lets only GET through is no obstacle: the API server's does so for
// those who may get but not create services/proxy.
func TestProxyThatForbidsPost(t *testing.T) {
	t.Parallel()
	r, _ := serve(t, Options{}, func(w http.ResponseWriter, req *http.Request) {
		if req.Method == http.MethodPost {
			w.WriteHeader(403)
			return
		}
		says(200, jsonKind, `{"status":"success","data":{"resultType":"vector","result":[]}}`)(w, req)
	})
	if _, err := r.instant(t.Context(), "up", testNow); err != nil {
		t.Error(err)
	}
}
