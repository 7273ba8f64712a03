package prom

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/prometheus/common/config"
	"github.com/prometheus/prometheus/storage/remote/azuread"
	"github.com/prometheus/prometheus/storage/remote/googleiam"
	"github.com/prometheus/sigv4"
	yaml "go.yaml.in/yaml/v2"

	"github.com/oomedic/oomedic/data"
)

// Settings say where the Prometheus of one cluster is and how to be let in. Beside the fields below they have all of
// Prometheus's own HTTP client: authorization, basic_auth, oauth2, bearer_token_file, tls_config, proxy_url … In each
// header and secret ${NAME} stands for an environment variable.
type Settings struct {
	// URL is the address with a path prefix, if any; empty means that it is looked for in the cluster.
	URL string `yaml:"url,omitempty"`
	// Headers are sent with each request. A value may have colons in it.
	Headers map[string]Hidden `yaml:"headers,omitempty"`
	// Tenant is sent as X-Scope-OrgID.
	Tenant string `yaml:"tenant,omitempty"`

	SigV4     *sigv4.SigV4Config     `yaml:"sigv4,omitempty"`
	AzureAD   *azuread.AzureADConfig `yaml:"azuread,omitempty"`
	GoogleIAM *googleiam.Config      `yaml:"google_iam,omitempty"`

	HTTP config.HTTPClientConfig `yaml:",inline"`

	hidden []string // secrets, to be kept out of texts
}

// Hidden is text that is a secret or may be one: it does not show itself when it is printed, logged or written.
type Hidden string

// String returns a mark in place of the text.
func (Hidden) String() string { return "<secret>" }

// GoString returns a mark in place of the text.
func (Hidden) GoString() string { return "<secret>" }

// MarshalText returns a mark in place of the text.
func (Hidden) MarshalText() ([]byte, error) { return []byte("<secret>"), nil }

// UnmarshalYAML reads settings and checks that they fit together.
func (s *Settings) UnmarshalYAML(unmarshal func(any) error) error {
	s.HTTP = config.DefaultHTTPClientConfig
	type plain Settings
	if err := unmarshal((*plain)(s)); err != nil {
		return err
	}
	return s.check()
}

func (s *Settings) check() error {
	if s.URL != "" {
		if _, err := parseAddress(s.URL); err != nil {
			return err
		}
	}
	ways := 0
	for _, set := range []bool{s.SigV4 != nil, s.AzureAD != nil, s.GoogleIAM != nil, s.HTTP.BasicAuth != nil,
		s.HTTP.Authorization != nil || s.HTTP.BearerToken != "" || s.HTTP.BearerTokenFile != "", s.HTTP.OAuth2 != nil} {
		if set {
			ways++
		}
	}
	if ways > 1 {
		return errors.New("give one of sigv4, azuread, google_iam, basic_auth, authorization, bearer_token and oauth2")
	}
	return s.HTTP.Validate()
}

// file is the configuration file.
type file struct {
	// Contexts are settings by the name of a kubeconfig context; Default are those of all others.
	Contexts map[string]section `yaml:"contexts,omitempty"`
	Default  section            `yaml:"default,omitempty"`
	// ProtectedContexts are patterns of the names of contexts that are protected, see LoadGuard.
	ProtectedContexts []string `yaml:"protected_contexts,omitempty"`
	// UI is of the screen, and read elsewhere.
	UI any `yaml:"ui,omitempty"`
}

type section struct {
	Prometheus *Settings `yaml:"prometheus,omitempty"`
	Protected  *bool     `yaml:"protected,omitempty"`
	ReadOnly   *bool     `yaml:"read_only,omitempty"`
}

// maxFile is how many bytes a configuration file has at most.
const maxFile = 1 << 20

// LoadSettings reads the settings of a kubeconfig context from the YAML file at path; those of "default" when the file
// has no section for it. A file that is not there means no settings unless must is set. The error is one line that
// names the file, the line and what is wrong, never a value.
func LoadSettings(path, context string, must bool) (*Settings, error) {
	all, mode, err := readFile(path, must)
	if err != nil {
		return nil, err
	}
	s := all.Contexts[context].Prometheus
	if s == nil {
		s = all.Default.Prometheus
	}
	if s == nil {
		return &Settings{HTTP: config.DefaultHTTPClientConfig}, nil
	}
	if mode.Perm()&0o077 != 0 && s.literal() {
		return nil, fmt.Errorf("%s holds a secret and others may read it: chmod 600 it, or name a file or ${VARIABLE} there", path)
	}
	s.HTTP.SetDirectory(filepath.Dir(path))
	if err := s.expand(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

// readFile reads the configuration file and its mode. A file that is not there is empty unless must is set.
func readFile(path string, must bool) (all file, mode fs.FileMode, err error) {
	f, err := os.Open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !must:
		return all, 0, nil
	case err != nil:
		return all, 0, fmt.Errorf("the configuration file can't be read: %w", err)
	}
	defer func() { _ = f.Close() }() // read only
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return all, 0, fmt.Errorf("the configuration file can't be read: %w", err)
	}
	if len(text) > maxFile {
		return all, 0, fmt.Errorf("%s is larger than 1 MiB, which no configuration is", path)
	}
	if err := yaml.UnmarshalStrict(text, &all); err != nil {
		return all, 0, fmt.Errorf("%s: %s", path, yamlWords(err))
	}
	if info, err := f.Stat(); err == nil {
		mode = info.Mode()
	}
	return all, mode, nil
}

var (
	quotedValue = regexp.MustCompile("`[^`]*`")
	typeName    = regexp.MustCompile(` in type prom\.\w+`)
)

// yamlWords is an error of the YAML library in one line. Values, which it repeats, may be secrets.
func yamlWords(err error) string {
	text := typeName.ReplaceAllString(err.Error(), ", which is not a setting")
	text = quotedValue.ReplaceAllString(text, "a value")
	return strings.Join(strings.Fields(strings.TrimPrefix(text, "yaml: ")), " ")
}

// secretFields are the places of secrets that may be written in the file.
func (s *Settings) secretFields() []*config.Secret {
	out := []*config.Secret{&s.HTTP.BearerToken}
	if b := s.HTTP.BasicAuth; b != nil {
		out = append(out, &b.Password)
	}
	if a := s.HTTP.Authorization; a != nil {
		out = append(out, &a.Credentials)
	}
	if o := s.HTTP.OAuth2; o != nil {
		out = append(out, &o.ClientSecret, &o.ClientCertificateKey)
	}
	if s.SigV4 != nil {
		out = append(out, &s.SigV4.SecretKey)
	}
	if s.AzureAD != nil && s.AzureAD.OAuth != nil {
		out = append(out, &s.AzureAD.OAuth.ClientSecret)
	}
	return append(out, &s.HTTP.TLSConfig.Key)
}

var variable = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)

// literal reports whether a secret stands in the file itself.
func (s *Settings) literal() bool {
	for _, f := range s.secretFields() {
		if *f != "" && !variable.MatchString(string(*f)) {
			return true
		}
	}
	for name, v := range s.Headers {
		if SecretHeader(name) && !variable.MatchString(string(v)) {
			return true
		}
	}
	return false
}

// expand puts environment variables in.
func (s *Settings) expand() error {
	var missing []string
	for _, f := range s.secretFields() {
		if *f = config.Secret(fromEnvironment(string(*f), &missing)); *f != "" {
			s.hidden = append(s.hidden, string(*f))
		}
	}
	for name, v := range s.Headers {
		s.Headers[name] = Hidden(fromEnvironment(string(v), &missing))
	}
	return noVariables(missing)
}

// fromEnvironment puts environment variables into a text, and adds those that there are not to missing.
func fromEnvironment(text string, missing *[]string) string {
	return variable.ReplaceAllStringFunc(text, func(m string) string {
		name := variable.FindStringSubmatch(m)[1]
		value, ok := os.LookupEnv(name)
		if !ok {
			*missing = append(*missing, name)
		}
		return value
	})
}

func noVariables(missing []string) error {
	if len(missing) == 0 {
		return nil
	}
	return fmt.Errorf("the environment has no variable %s", strings.Join(missing, ", "))
}

// Header are the headers for requests: the tenant's and those of the settings.
func (s *Settings) Header() http.Header {
	h := http.Header{}
	if s.Tenant != "" {
		h.Set("X-Scope-OrgID", s.Tenant)
	}
	for name, v := range s.Headers {
		h.Set(name, string(v))
	}
	return h
}

// AddHeader takes a header as it is written on a command line, "Name: value". The value may have colons and ${NAME}.
func (s *Settings) AddHeader(line string) error {
	name, value, ok := strings.Cut(line, ":")
	name = strings.TrimSpace(name)
	if !ok || name == "" || strings.ContainsAny(name, " \t") {
		return errors.New("a header is written as 'Name: value'")
	}
	if s.Headers == nil {
		s.Headers = map[string]Hidden{}
	}
	var missing []string // the rest has its variables already, and what they stand for is no template
	s.Headers[name] = Hidden(fromEnvironment(strings.TrimSpace(value), &missing))
	return noVariables(missing)
}

// Transport returns what signs and carries requests by the settings, with TLS as they say. The error is one line.
func (s *Settings) Transport() (http.RoundTripper, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	rt, err := config.NewRoundTripperFromConfig(s.HTTP, "oomedic", config.WithHTTP2Disabled(), config.WithUserAgent("oomedic"))
	if err != nil {
		return nil, fmt.Errorf("the credentials for Prometheus can't be used: %w", err)
	}
	switch {
	case s.SigV4 != nil:
		rt, err = sigv4.NewSigV4RoundTripper(s.SigV4, rt)
	case s.AzureAD != nil:
		rt, err = azureTransport(*s.AzureAD, rt)
	case s.GoogleIAM != nil:
		rt, err = googleTransport(*s.GoogleIAM, rt)
	}
	if err != nil {
		return nil, fmt.Errorf("the credentials for Prometheus can't be used: %s", data.Clean(brief(err.Error())))
	}
	return rt, nil
}

// Options are o with the transport, headers and secrets of the settings.
func (s *Settings) Options(o Options) (Options, error) {
	rt, err := s.Transport()
	if err != nil {
		return o, err
	}
	o.Transport, o.Header = rt, s.Header()
	o.Hidden = append(append(o.Hidden, s.hidden...), s.fileSecrets()...)
	return o, nil
}
