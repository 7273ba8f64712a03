package prom

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestGuardOfAContext(t *testing.T) {
	t.Parallel()
	eks := "arn:aws:eks:eu-west-1:1:cluster/prod-1"
	for _, tc := range []struct {
		name, text, context string
		want                Guard
	}{
		{"nothing said", "contexts: {staging: {protected: true}}", "prod", Guard{}},
		{"named", "contexts: {prod: {protected: true}}", "prod", Guard{Protected: true}},
		{"another name that begins alike", "contexts: {prod: {protected: true}}", "prod-2", Guard{}},
		{"read-only", "contexts: {prod: {read_only: true}}", "prod", Guard{ReadOnly: true}},
		{"the default", "default: {protected: true, read_only: true}", "prod", Guard{true, true}},
		{"against the default", "default: {protected: true, read_only: true}\ncontexts: {dev: {protected: false, read_only: false}}", "dev", Guard{}},
		{"a section that says nothing of it", "default: {protected: true}\ncontexts: {prod: {prometheus: {tenant: a}}}", "prod", Guard{Protected: true}},
		{"a pattern", "protected_contexts: ['*prod*']", eks, Guard{Protected: true}},
		{"a pattern to the end", "protected_contexts: ['*/prod-?']", eks, Guard{Protected: true}},
		{"a pattern that ends early", "protected_contexts: ['*/prod']", eks, Guard{}},
		{"a pattern against the section", "protected_contexts: ['*']\ncontexts: {dev: {protected: false}}", "dev", Guard{}},
		{"a pattern and a default that says no", "protected_contexts: ['p*']\ndefault: {protected: false}", "prod", Guard{Protected: true}},
		{"an empty file", "", "prod", Guard{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "config.yaml")
			if err := os.WriteFile(path, []byte(tc.text), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := LoadGuard(path, tc.context, true)
			if err != nil || got != tc.want {
				t.Errorf("%+v, %v; want %+v", got, err, tc.want)
			}
		})
	}
}

// TestGuardThatCannotBeRead holds that a file with a mistake is no permission.
func TestGuardThatCannotBeRead(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "config.yaml")
	if _, err := LoadGuard(path, "prod", true); err == nil {
		t.Error("a file that was named and is not there is no error")
	}
	if g, err := LoadGuard(path, "prod", false); err != nil || g != (Guard{}) {
		t.Errorf("a file that nobody named: %+v, %v", g, err)
	}
	for _, text := range []string{"contexts: {prod: {protect: true}}", "contexts: {prod: {protected: maybe}}", "protected_contexts: prod: x"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadGuard(path, "prod", false); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestPatternsOfNames(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		pattern, name string
		want          bool
	}{
		{"", "", true}, {"", "a", false}, {"*", "", true}, {"*", "a/b", true}, {"a*", "a", true}, {"a*", "ba", false}, {"*a", "ba", true}, {"*a", "ab", false},
		{"a?c", "abc", true}, {"a?c", "ac", false}, {"**", "x", true}, {"*a*b*", "xaxbx", true}, {"*a*b*", "xbxax", false},
	} {
		if got := fits(tc.pattern, tc.name); got != tc.want {
			t.Errorf("fits(%q, %q) is %t", tc.pattern, tc.name, got)
		}
	}
}
