package analysis

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The page of the documentation says what the program says; -update writes it anew.
func TestCausesPage(t *testing.T) {
	t.Parallel()
	got := CausesPage()
	path := filepath.Join("..", "docs", "causes.md")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Error("docs/causes.md is stale: run go test ./analysis -run TestCausesPage -update")
	}
}

func TestEveryCauseHasItsWords(t *testing.T) {
	t.Parallel()
	seen := map[Class]bool{}
	for _, w := range Causes() {
		if seen[w.Class] || w.Title == "" || w.Explanation == "" || w.Sign == "" || len(w.Now) == 0 || len(w.ForGood) == 0 {
			t.Errorf("%s lacks words: %+v", w.Class, w)
		}
		if w.Class != UnknownCause && (len(w.Needs) == 0 || len(w.LooksLike) == 0) {
			t.Errorf("%s does not say what it needs or what looks like it", w.Class)
		}
		seen[w.Class] = true
		if again, ok := CauseByName(string(w.Class)); !ok || again.Title != w.Title {
			t.Errorf("%s is not found by its name", w.Class)
		}
		if text := w.String(); !strings.Contains(text, "For good:") {
			t.Errorf("%s: %s", w.Class, text)
		}
	}
	if len(seen) != 12 || len(seen) != len(causeWords) {
		t.Errorf("%d causes, %d with words", len(seen), len(causeWords))
	}
	if _, ok := CauseByName("memory leak"); ok {
		t.Error("a cause of another name was found")
	}
}
