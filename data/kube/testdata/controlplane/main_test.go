package main

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestASetFolderIsReturnedUntouched(t *testing.T) {
	set := filepath.Join(t.TempDir(), "not there")
	got, err := assets(set, io.Discard)
	if err != nil || got != set {
		t.Fatalf("assets(%q) = %q, %v", set, got, err)
	}
	if _, err := os.Stat(set); !os.IsNotExist(err) {
		t.Errorf("the folder was touched: %v", err)
	}
}

func TestMissingNamesWhatIsNotThere(t *testing.T) {
	dir := t.TempDir()
	for want := len(programs); want > 0; want-- {
		m := missing(dir)
		if len(m) != want {
			t.Fatalf("missing %d programs, want %d", len(m), want)
		}
		if err := os.WriteFile(filepath.Join(dir, m[0].file()), nil, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if m := missing(dir); len(m) != 0 {
		t.Errorf("all are there, and yet missing: %v", m)
	}
	if err := os.Mkdir(filepath.Join(dir, ".building-1"), 0o755); err != nil {
		t.Fatal(err)
	}
	if m := missing(dir); len(m) != 0 {
		t.Errorf("what a stopped build left behind counts: %v", m)
	}
}

func TestWholeCacheBuildsNothing(t *testing.T) {
	cache := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", cache)
	t.Setenv("HOME", cache)
	version, err := pinned("k8s.io/kubernetes")
	if err != nil || !regexp.MustCompile(`^v1\.\d+\.\d+$`).MatchString(version) {
		t.Fatalf("pinned = %q, %v", version, err)
	}
	base, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(base, "oomedic", "controlplane", version)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, p := range programs {
		if err := os.WriteFile(filepath.Join(dir, p.file()), []byte(p.name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	var log strings.Builder
	got, err := assets("", &log)
	if err != nil || got != dir || log.Len() != 0 {
		t.Fatalf("assets = %q, %v; said %q", got, err, log.String())
	}
}

func TestStampSplitsTheVersion(t *testing.T) {
	got := stamp("v1.37.2")
	for _, want := range []string{"gitVersion=v1.37.2 ", "gitMajor=1 ", "gitMinor=37"} {
		if !strings.Contains(got, want) {
			t.Errorf("stamp = %q, want %q in it", got, want)
		}
	}
}
