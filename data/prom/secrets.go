package prom

import (
	"io"
	"os"
	"slices"
	"strings"
)

// secretWords are what the names of headers have in them that are credentials.
var secretWords = []string{"auth", "cookie", "token", "key", "secret", "passw", "credential", "session", "signature"}

// SecretHeader reports whether a header is a credential.
func SecretHeader(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc(secretWords, func(w string) bool { return strings.Contains(name, w) })
}

// maxSecret is how many bytes a file with a secret has at most.
const maxSecret = 64 << 10

// fileSecrets are the secrets that lie in files, as they are now. A file that cannot be read is the transport's to report.
func (s *Settings) fileSecrets() []string {
	files := []string{s.HTTP.BearerTokenFile}
	if a := s.HTTP.Authorization; a != nil {
		files = append(files, a.CredentialsFile)
	}
	if b := s.HTTP.BasicAuth; b != nil {
		files = append(files, b.PasswordFile)
	}
	if o := s.HTTP.OAuth2; o != nil {
		files = append(files, o.ClientSecretFile)
	}
	var out []string
	for _, name := range files {
		f, err := os.Open(name)
		if name == "" || err != nil {
			continue
		}
		text, err := io.ReadAll(io.LimitReader(f, maxSecret))
		_ = f.Close() // read only
		if secret := strings.TrimSpace(string(text)); err == nil && secret != "" {
			out = append(out, secret)
		}
	}
	return out
}
