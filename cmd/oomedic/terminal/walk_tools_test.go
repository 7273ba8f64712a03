//go:build e2e

package terminal

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestAtRiskLeadsToTheCase goes from the tab of those at risk to the case of one, whose first step says "not yet".
func TestAtRiskLeadsToTheCase(t *testing.T) {
	t.Parallel()
	atEachSize(t, func(t *testing.T, width, height int) {
		s := start(t, width, height, "demo")
		s.wait(`metrics ✓`)
		s.wait(`At risk [1-9]`)
		s.keys("3")
		s.wait(`▍At risk [1-9]`)
		s.wait(`least time left first`)
		s.whole("at risk")
		s.keys("w") // each container in a row of its own
		s.wait(`[1-9]\d* (critical|warning)`)
		s.wait(`(?m)^▍`)
		s.keys("Enter")
		s.wait(`oomedic › \S+/\S+`)
		s.wait(`(limit|no limit)`)
		s.whole("the case of one at risk")
		s.keys("d")
		s.wait(`Step 1 of 5`)
		s.whole("its diagnosis")
		s.keys("Escape")
		s.gone(`Step 1 of 5`)
		s.keys("q")
		s.restored(0)
	})
}

// TestArtifactsAreCopiedAndSaved goes through all artifacts of a workload, copies one, and saves one twice: the second
// file gets a free name, and the first one stays as it was.
func TestArtifactsAreCopiedAndSaved(t *testing.T) {
	t.Parallel()
	atEachSize(t, func(t *testing.T, width, height int) {
		s := sandbox(t, width, height)
		s.keys("Enter")
		s.wait(`› database-0/postgres`)
		s.keys("a")
		s.wait(`› Artifacts`)
		s.wait(`kind: PrometheusRule`)
		s.whole("artifacts")
		s.keys("y")
		s.wait(`Sent to the terminal's clipboard: PrometheusRule`)
		s.keys("s")
		s.wait(`Saved as database-postgres-rules\.yaml`)
		first := s.saved("database-postgres-rules.yaml")
		if !strings.Contains(first, "kind: PrometheusRule\n") || !strings.HasSuffix(first, "\n") {
			t.Errorf("saved was %q", first)
		}
		s.keys("s")
		s.wait(`Saved as database-postgres-rules-2\.yaml`)
		if again := s.saved("database-postgres-rules-2.yaml"); again != first || s.saved("database-postgres-rules.yaml") != first {
			t.Error("the second file differs, or the first one was touched")
		}
		for _, file := range []string{`prometheus-rules`, `resources`} {
			s.keys("j")
			s.wait(`─ database-postgres-` + file + `\.yaml`)
			s.settled("artifact " + file)
		}
		s.keys("k", "k", "k") // the one before the first is the last
		s.wait(`─ database-postgres-degradation\.md`)
		s.settled("the last artifact")
		s.keys("Escape")
		s.gone(`› Artifacts`)
		s.keys("q")
		s.restored(0)
	})
}

// saved is the text of a file that the program wrote into the folder that it was started in.
func (s *session) saved(name string) string {
	s.t.Helper()
	path := filepath.Join(s.folder, name)
	info, err := os.Stat(path)
	if err != nil {
		s.t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		s.t.Errorf("%s has the mode %s", name, info.Mode())
	}
	text, err := os.ReadFile(path)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}

// TestProfileShowsItsCommands opens the profile of a case, goes to the next command and copies it.
func TestProfileShowsItsCommands(t *testing.T) {
	t.Parallel()
	atEachSize(t, func(t *testing.T, width, height int) {
		s := sandbox(t, width, height)
		s.keys("Enter")
		s.wait(`› database-0/postgres`)
		s.keys("p")
		s.wait(`› Profile`)
		s.wait(`Runtime`)
		s.wait(`The log`)
		s.whole("profile")
		s.keys("Tab", "BTab") // the chosen command comes into sight, however long the log before it is
		s.wait(`▍ kubectl patch pod -n data database-0 --subresource resize`)
		s.keys("Tab")
		s.wait(`▍ kubectl exec -n data database-0 -c postgres`)
		s.keys("y")
		s.wait(`Sent to the terminal's clipboard`)
		s.keys("Escape")
		s.gone(`› Profile`)
		s.keys("q")
		s.restored(0)
	})
}

// TestGlossaryIsOneKeyFromTheHelp goes from the help to the glossary, through it and back to where it was opened.
func TestGlossaryIsOneKeyFromTheHelp(t *testing.T) {
	t.Parallel()
	atEachSize(t, func(t *testing.T, width, height int) {
		s := sandbox(t, width, height)
		s.keys("?")
		s.wait(`tab: what the words mean`)
		s.keys("Tab")
		s.wait(`› Glossary`)
		s.wait(`working set +1 of \d+`)
		s.whole("glossary")
		s.keys("j")
		s.wait(`usage +2 of \d+`)
		s.keys("G")
		last := regexp.MustCompile(`(\d+) of (\d+)`)
		s.until("the last term", func(screen string) bool {
			at := last.FindStringSubmatch(screen)
			return at != nil && at[1] == at[2]
		})
		s.settled("the end of the glossary")
		s.keys("Escape")
		s.gone(`› Glossary`)
		s.keys("q")
		s.restored(0)
	})
}

// TestMarkedOnesAreFixedOneByOne marks two workloads; each gets a dialog of its own, and no counts for one alone.
func TestMarkedOnesAreFixedOneByOne(t *testing.T) {
	t.Parallel()
	atEachSize(t, func(t *testing.T, width, height int) {
		s := start(t, width, height, "demo")
		s.wait(`metrics ✓`)
		s.wait(`[/ ]database `)
		for i, name := range []string{"database", "ledger"} {
			s.keys("/")
			s.text(name)
			s.keys("Enter")
			s.wait(`/` + name + ` .*[12] of \d\d`)
			s.keys("Space")
			s.wait(fmt.Sprintf(`%d marked for a fix`, i+1))
			s.keys("Escape")
			s.gone(`/` + name + ` .*[12] of \d\d`)
		}
		s.settled("two marked")
		s.keys("F")
		first := s.readOn(`Apply this to the cluster\?`)
		s.wait(`Fix 1 of 2`)
		s.whole("the first of two")
		s.keys("n")
		s.wait(`Fix 2 of 2`)
		s.wait(`[-+] +memory: `)
		s.whole("the second of two")
		second := s.readOn(`Apply this to the cluster\?`)
		if strings.Contains(first, "set resources statefulset/database") == strings.Contains(second, "set resources statefulset/database") {
			t.Error("both dialogs are for the same workload")
		}
		s.keys("y")
		s.wait(`Stored at `)
		s.keys("Escape")
		s.gone(`› Fix`)
		s.keys("q")
		s.restored(0)
	})
}
