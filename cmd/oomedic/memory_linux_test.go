package main

import (
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"testing"
)

func TestFileOnly(t *testing.T) {
	t.Parallel()
	const exe = "/usr/bin/oomedic"
	for name, c := range map[string]struct {
		line     string
		from, to uintptr
	}{
		"code":             {"00400000-029be000 r-xp 00000000 fe:00 131 /usr/bin/oomedic", 0x400000, 0x29be000},
		"constants":        {"029be000-0548c000 r--p 025be000 fe:00 131                     /usr/bin/oomedic", 0x29be000, 0x548c000},
		"variables":        {"0548c000-05606000 rw-p 0508c000 fe:00 131 /usr/bin/oomedic", 0, 0},
		"shared":           {"00400000-029be000 r--s 00000000 fe:00 131 /usr/bin/oomedic", 0, 0},
		"another file":     {"7f00-8f00 r-xp 00000000 fe:00 132 /usr/lib/libc.so.6", 0, 0},
		"a longer path":    {"00400000-029be000 r-xp 00000000 fe:00 131 /usr/bin/oomedic (deleted)", 0, 0},
		"no file":          {"357882c00000-357884800000 rw-p 00000000 00:00 0", 0, 0},
		"no end":           {"00400000 r-xp 00000000 fe:00 131 /usr/bin/oomedic", 0, 0},
		"the wrong order":  {"029be000-00400000 r-xp 00000000 fe:00 131 /usr/bin/oomedic", 0, 0},
		"no number":        {"x-y r-xp 00000000 fe:00 131 /usr/bin/oomedic", 0, 0},
		"an empty line":    {"", 0, 0},
		"relocated, mixed": {"55d0c0000000-55d0c0001000 rwxp 00000000 fe:00 131 /usr/bin/oomedic", 0, 0},
	} {
		from, to, ok := fileOnly(c.line, exe)
		if from != c.from || to != c.to || ok != (c.to != 0) {
			t.Errorf("%s: %x to %x, %v; want %x to %x", name, from, to, ok, c.from, c.to)
		}
	}
}

const dropChild = "OOMEDIC_TEST_DROP_PAGES"

// The pages go, and the program runs on. A child is measured: other tests of this process touch pages at the same time.
func TestDropStartPages(t *testing.T) {
	if os.Getenv(dropChild) == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^TestDropStartPages$", "-test.v") //nolint:gosec // this test itself
		cmd.Env = append(os.Environ(), dropChild+"=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	before := filePages(t)
	dropStartPages()
	after := filePages(t)
	if after > before*3/4 {
		t.Errorf("%d kB of the file before, %d kB after", before, after)
	}
	if out := regexp.MustCompile(`a+b`).FindString("xaab"); out != "aab" {
		t.Errorf("after it %q", out)
	}
}

// filePages is how much of files this process has in memory, in kB.
func filePages(t *testing.T) int {
	t.Helper()
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`RssFile:\s+(\d+) kB`).FindSubmatch(b)
	if m == nil {
		t.Skip("the kernel does not tell RssFile")
	}
	n, err := strconv.Atoi(string(m[1]))
	if err != nil {
		t.Fatal(err)
	}
	return n
}
