package prom

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestAzureAsksForATokenToQueryWith signs in by a managed identity, whose endpoint is a server of the test.
func TestAzureAsksForATokenToQueryWith(t *testing.T) {
	var resources []string
	tokens := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		resources = append(resources, r.FormValue("resource"))
		w.Header().Set("Content-Type", jsonKind)
		_, _ = fmt.Fprintf(w, `{"access_token":"azure-token","expires_on":"%d","resource":%q,"token_type":"Bearer"}`, time.Now().Add(time.Hour).Unix(), r.FormValue("resource"))
	}))
	t.Cleanup(tokens.Close)
	t.Setenv("IDENTITY_ENDPOINT", tokens.URL)
	t.Setenv("IDENTITY_HEADER", "h")
	for yaml, want := range map[string]string{
		"{cloud: AzurePublic, managed_identity: {client_id: 00000000-0000-0000-0000-000000000001}}":                                      "https://prometheus.monitor.azure.com",
		"{cloud: AzureGovernment, managed_identity: {client_id: 00000000-0000-0000-0000-000000000002}}":                                  "https://prometheus.monitor.azure.us",
		"{cloud: AzurePublic, managed_identity: {client_id: 00000000-0000-0000-0000-000000000003}, scope: https://own.example/.default}": "https://own.example",
	} {
		s, err := settingsOf(t, "default:\n  prometheus:\n    azuread: "+yaml+"\n")
		if err != nil {
			t.Fatal(err)
		}
		resources = nil
		got, err := asked(t, s, false)
		if err != nil || got.header.Get("Authorization") != "Bearer azure-token" {
			t.Fatalf("%q, %v", got.header, err)
		}
		if len(resources) != 1 || resources[0] != want {
			t.Errorf("%s: a token was asked for %q, want %s", yaml, resources, want)
		}
	}
}

// TestGoogleAsksForATokenThatMayRead signs in by the file of a service account, whose token endpoint is a server of the
// test.
func TestGoogleAsksForATokenThatMayRead(t *testing.T) {
	t.Parallel()
	scope := ""
	tokens := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if parts := strings.Split(r.FormValue("assertion"), "."); len(parts) == 3 {
			claims, _ := base64.RawURLEncoding.DecodeString(parts[1])
			var c struct{ Scope string }
			_ = json.Unmarshal(claims, &c)
			scope = c.Scope
		}
		w.Header().Set("Content-Type", jsonKind)
		_, _ = io.WriteString(w, `{"access_token":"google-token","token_type":"Bearer","expires_in":3600}`)
	}))
	t.Cleanup(tokens.Close)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	account, err := json.Marshal(map[string]string{
		"type": "service_account", "client_email": "reader@example.iam.gserviceaccount.com", "token_uri": tokens.URL,
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
	})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "account.json")
	if err := os.WriteFile(path, account, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := settingsOf(t, "default:\n  prometheus:\n    google_iam: {credentials_file: "+path+"}\n")
	if err != nil {
		t.Fatal(err)
	}
	got, err := asked(t, s, false)
	if err != nil || got.header.Get("Authorization") != "Bearer google-token" || scope != googleQueryScope {
		t.Errorf("%q with scope %q, %v", got.header.Get("Authorization"), scope, err)
	}
	s, err = settingsOf(t, "default:\n  prometheus:\n    google_iam: {credentials_file: "+path+".gone}\n")
	if err == nil {
		_, err = s.Transport()
	}
	if err == nil || strings.Contains(err.Error(), "\n") {
		t.Errorf("a file that is not there: %v", err)
	}
}

// TestClientCertificate asks a server that takes nobody without a certificate of its authority.
func TestClientCertificate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	own := certificate(t, dir, "own")
	certificate(t, dir, "other")
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", jsonKind)
		_, _ = fmt.Fprintf(w, `{"status":"success","data":{"resultType":"vector","result":[{"metric":{"pod":%q},"value":[1,"1"]}]}}`, r.TLS.PeerCertificates[0].Subject.CommonName)
	}))
	pool := x509.NewCertPool()
	pool.AddCert(own)
	server.TLS = &tls.Config{ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool}
	server.Config.ErrorLog = nil
	server.StartTLS()
	t.Cleanup(server.Close)
	ca := filepath.Join(dir, "ca.pem")
	writePEM(t, ca, "CERTIFICATE", server.Certificate().Raw)
	for name, ok := range map[string]bool{"own": true, "other": false, "": false} {
		text := "default:\n  prometheus:\n    tls_config:\n      ca_file: " + ca + "\n"
		if name != "" {
			text += "      cert_file: " + filepath.Join(dir, name+".pem") + "\n      key_file: " + filepath.Join(dir, name+".key") + "\n"
		}
		s, err := settingsOf(t, text)
		if err != nil {
			t.Fatal(err)
		}
		o, err := s.Options(Options{})
		if err != nil {
			t.Fatal(err)
		}
		r, err := Dial(server.URL, o)
		if err != nil {
			t.Fatal(err)
		}
		a, err := r.instant(t.Context(), "up", testNow)
		if ok && (err != nil || len(seriesOf(a.value)) != 1 || seriesOf(a.value)[0].pod != name) {
			t.Errorf("%q: %v, %v", name, a.value, err)
		}
		if !ok && (err == nil || troubleOf(err) != Unreachable) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// certificate makes a certificate that signs itself and writes it and its key as name.pem and name.key.
func certificate(t *testing.T, dir, name string) *x509.Certificate {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	writePEM(t, filepath.Join(dir, name+".pem"), "CERTIFICATE", der)
	writePEM(t, filepath.Join(dir, name+".key"), "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key))
	return made
}

func writePEM(t *testing.T, path, kind string, der []byte) {
	t.Helper()
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
}
