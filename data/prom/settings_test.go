package prom

import (
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/oomedic/oomedic/data"
)

// settingsOf writes a configuration file that only its owner may read and loads the section of context prod.
func settingsOf(t *testing.T, text string) (*Settings, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return LoadSettings(path, "prod", true)
}

// seen is the last request that a server got.
type seen struct{ header http.Header }

// asked sends one question by the settings and returns the request that arrived.
func asked(t *testing.T, s *Settings, tls bool) (*seen, error) {
	t.Helper()
	got := &seen{}
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got.header = r.Header
		w.Header().Set("Content-Type", jsonKind)
		_, _ = io.WriteString(w, `{"status":"success","data":{"resultType":"vector","result":[]}}`)
	})
	server := httptest.NewUnstartedServer(h)
	server.Config.ErrorLog = nil
	if tls {
		server.StartTLS()
		if s.HTTP.TLSConfig.CAFile == "test" {
			s.HTTP.TLSConfig.CAFile = filepath.Join(t.TempDir(), "ca.pem")
			block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
			if err := os.WriteFile(s.HTTP.TLSConfig.CAFile, block, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	} else {
		server.Start()
	}
	t.Cleanup(server.Close)
	o, err := s.Options(Options{})
	if err != nil {
		return got, err
	}
	r, err := Dial(server.URL, o)
	if err != nil {
		return got, err
	}
	_, err = r.instant(t.Context(), "up", testNow)
	return got, err
}

func TestCredentialsReachTheServer(t *testing.T) {
	t.Setenv("PROM_PASSWORD", "pass:word")
	dir := t.TempDir()
	tokenFile := filepath.Join(dir, "token")
	if err := os.WriteFile(tokenFile, []byte("from-a-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ yaml, header, want string }{
		"header with colons":  {`headers: {Authorization: "Bearer 123:glc_abc:x"}`, "Authorization", "Bearer 123:glc_abc:x"},
		"tenant":              {`tenant: team-a`, "X-Scope-OrgID", "team-a"},
		"bearer token":        {`bearer_token: abc`, "Authorization", "Bearer abc"},
		"bearer file":         {`bearer_token_file: ` + tokenFile, "Authorization", "Bearer from-a-file"},
		"other scheme":        {`authorization: {type: Token, credentials: xyz}`, "Authorization", "Token xyz"},
		"basic from variable": {`basic_auth: {username: me, password: "${PROM_PASSWORD}"}`, "Authorization", "Basic bWU6cGFzczp3b3Jk"},
		"variable in header":  {`headers: {X-Api-Key: "a${PROM_PASSWORD}b"}`, "X-Api-Key", "apass:wordb"},
		"AWS":                 {`sigv4: {region: eu-west-1, access_key: AKIA, secret_key: s3cr3t, service_name: aps}`, "Authorization", "AWS4-HMAC-SHA256 Credential=AKIA/"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := settingsOf(t, "contexts:\n  prod:\n    prometheus:\n      "+c.yaml+"\n")
			if err != nil {
				t.Fatal(err)
			}
			got, err := asked(t, s, false)
			if err != nil || !strings.HasPrefix(got.header.Get(c.header), c.want) {
				t.Errorf("%s: %q, %v", c.header, got.header.Get(c.header), err)
			}
			for _, secret := range []string{"glc_abc", "s3cr3t", "pass:word", "xyz"} {
				if text := fmt.Sprintf("%v %+v", s.HTTP, s.Headers); strings.Contains(text, secret) {
					t.Errorf("the secret is in %s", text)
				}
			}
		})
	}
}

func TestTLSIsVerifiedUnlessSaidOtherwise(t *testing.T) {
	t.Parallel()
	for yaml, ok := range map[string]bool{
		"{}":                          false,
		"tls_config: {ca_file: test}": true,
		"tls_config: {insecure_skip_verify: true}":        true,
		"tls_config: {server_name: somewhere.else}":       false,
		"tls_config: {insecure_skip_verify: false}":       false,
		"tls_config: {ca_file: test, min_version: TLS13}": true,
	} {
		text := "default:\n  prometheus:\n    tenant: a\n"
		if yaml != "{}" {
			text += "    " + yaml + "\n"
		}
		s, err := settingsOf(t, text)
		if err != nil {
			t.Fatal(err)
		}
		// A CA file is named relative to the configuration; the server's own certificate takes its place here.
		if strings.Contains(yaml, "ca_file") {
			s.HTTP.TLSConfig.CAFile = "test"
		}
		if _, err := asked(t, s, true); (err == nil) != ok {
			t.Errorf("%s: %v", yaml, err)
		}
	}
}

func TestConfigurationErrorsAreClear(t *testing.T) {
	t.Parallel()
	in := func(s string) string { return "contexts:\n  prod:\n    prometheus:\n      " + s + "\n" }
	for name, c := range map[string]struct{ yaml, want string }{
		"unknown key":     {in("urll: http://x"), "line 4: field urll not found, which is not a setting"},
		"unknown section": {"context: {}\n", "field context not found"},
		"no address":      {in("url: prometheus"), "has no scheme"},
		"two ways":        {in("bearer_token: hunter2\n      basic_auth: {username: a}"), "give one of sigv4"},
		"no YAML":         {"{{{", "line 1"},
		"wrong type":      {in("headers: hunter2"), "line 4"},
		"no variable":     {in("bearer_token: ${OOMEDIC_TEST_NOT_SET}"), "the environment has no variable OOMEDIC_TEST_NOT_SET"},
		"twice":           {in("tenant: a\n      tenant: b"), "already set"},
	} {
		_, err := settingsOf(t, c.yaml)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "config.yaml") {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %q", name, err)
		}
	}
}

func TestSecretsInAFileThatOthersRead(t *testing.T) {
	t.Parallel()
	for text, ok := range map[string]bool{
		"bearer_token: abc":                      false,
		`headers: {Authorization: "Bearer abc"}`: false,
		"bearer_token_file: token":               true,
		`bearer_token: "${HOME}"`:                true,
		`headers: {X-Team: abc}`:                 true,
	} {
		path := filepath.Join(t.TempDir(), "config.yaml")
		if err := os.WriteFile(path, []byte("default: {prometheus: {"+text+"}}\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		s, err := LoadSettings(path, "any", true)
		if (err == nil) != ok || !ok && !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("%s: %v", text, err)
		}
		if ok && s.HTTP.BearerTokenFile != "" && s.HTTP.BearerTokenFile != filepath.Join(filepath.Dir(path), "token") {
			t.Errorf("the file is not beside the configuration: %s", s.HTTP.BearerTokenFile)
		}
	}
}

func TestSectionsOfContexts(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "config.yaml")
	text := "contexts: {prod: {prometheus: {url: http://p}}, dev: {}}\ndefault: {prometheus: {url: http://d}}\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for context, want := range map[string]string{"prod": "http://p", "dev": "http://d", "other": "http://d"} {
		if s, err := LoadSettings(path, context, true); err != nil || s.URL != want {
			t.Errorf("%s: %+v, %v", context, s, err)
		}
	}
	if s, err := LoadSettings(path+".not", "prod", false); err != nil || s.URL != "" {
		t.Errorf("%+v, %v", s, err)
	}
	if _, err := LoadSettings(path+".not", "prod", true); err == nil {
		t.Error("a file that must be there is not")
	}
}

func TestHeadersOfTheCommandLine(t *testing.T) {
	t.Parallel()
	s := &Settings{}
	for line, ok := range map[string]bool{"X-A: b:c:d": true, "X-B:": true, "nothing": false, ": x": false, "X A: b": false} {
		if err := s.AddHeader(line); (err == nil) != ok {
			t.Errorf("%q: %v", line, err)
		}
	}
	if h := s.Header(); h.Get("X-A") != "b:c:d" {
		t.Errorf("%v", h)
	}
}

// TestRepeatedSecrets holds that a server that repeats a token does not bring it to the screen.
func TestRepeatedSecrets(t *testing.T) {
	t.Parallel()
	s, err := settingsOf(t, "default: {prometheus: {bearer_token: hunter2-token}}\n")
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		says(400, jsonKind, fmt.Sprintf(`{"status":"error","errorType":"bad_data","error":"bad token %s"}`, r.Header.Get("Authorization")))(w, r)
	}))
	t.Cleanup(server.Close)
	o, err := s.Options(Options{})
	if err != nil {
		t.Fatal(err)
	}
	f := Search(t.Context(), []Endpoint{{Name: "x", Address: server.URL, Options: o}}, true)[0]
	if f.State != data.Refused || strings.Contains(f.Why.String(), "hunter2") || !strings.Contains(f.Why.String(), "bad token") {
		t.Errorf("%+v", f.Candidate)
	}
}
