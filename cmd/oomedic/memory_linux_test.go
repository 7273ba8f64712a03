package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestCleanMappings(t *testing.T) {
	t.Parallel()
	const exe, anonymous, clean = "/usr/bin/oomedic", "Anonymous:             4 kB\n", "Rss:  64 kB\nAnonymous:             0 kB\nVmFlags: rd ex\n"
	for name, c := range map[string]struct {
		smaps string
		want  []mapping
	}{
		"code and constants": {
			"00400000-029be000 r-xp 00000000 fe:00 131 /usr/bin/oomedic\n" + clean + "029be000-0548c000 r--p 025be000 fe:00 131          /usr/bin/oomedic\n" + clean,
			[]mapping{{0x400000, 0x29be000}, {0x29be000, 0x548c000}},
		},
		"what the dynamic linker wrote to":    {"0548c000-0548d000 r--p 0508c000 fe:00 131 /usr/bin/oomedic\n" + anonymous, nil},
		"code with a debugger's breakpoint":   {"00400000-029be000 r-xp 00000000 fe:00 131 /usr/bin/oomedic\n" + anonymous, nil},
		"variables, not written to yet":       {"0548c000-05606000 rw-p 0508c000 fe:00 131 /usr/bin/oomedic\n" + clean, nil},
		"shared":                              {"00400000-029be000 r--s 00000000 fe:00 131 /usr/bin/oomedic\n" + clean, nil},
		"another file":                        {"7f00-8f00 r-xp 00000000 fe:00 132 /usr/lib/libc.so.6\n" + clean, nil},
		"a clean one after ours":              {"00400000-00401000 r-xp 00000000 fe:00 131 /usr/bin/oomedic\n" + anonymous + "7f00-8f00 r-xp 00000000 fe:00 132 /lib/c\n" + clean, nil},
		"a file that was replaced":            {"00400000-029be000 r-xp 00000000 fe:00 131 /usr/bin/oomedic (deleted)\n" + clean, nil},
		"a kernel that doesn't tell":          {"00400000-029be000 r-xp 00000000 fe:00 131 /usr/bin/oomedic\nRss: 64 kB\n", nil},
		"numbers that are none":               {"x-y r-xp 00000000 fe:00 131 /usr/bin/oomedic\n" + clean, nil},
		"an end before the beginning":         {"029be000-00400000 r-xp 00000000 fe:00 131 /usr/bin/oomedic\n" + clean, nil},
		"no end, and a line without anything": {"00400000 r-xp 00000000 fe:00 131 /usr/bin/oomedic\n\n" + clean, nil},
	} {
		if got := cleanMappings(strings.NewReader(c.smaps), exe); !slices.Equal(got, c.want) {
			t.Errorf("%s: %x, want %x", name, got, c.want)
		}
	}
}

// dropProbe is a program that drops its pages, and then does some work with code and constants that it had used before.
const dropProbe = `package main

import (
	"fmt"
	"net"
	"os"
	"regexp"
)

func pages() (n int) {
	b, _ := os.ReadFile("/proc/self/status")
	if m := regexp.MustCompile("RssFile:\\s+(\\d+) kB").FindSubmatch(b); m != nil {
		fmt.Sscan(string(m[1]), &n)
	}
	return n
}

func main() {
	net.LookupHost("localhost")
	before := pages()
	dropStartPages()
	after := pages()
	_, err := net.LookupHost("127.0.0.1")
	fmt.Println(before, after, err)
}
`

// The pages go and the program lives on, linked in each of the ways that a distribution may choose: the dynamic linker
// writes to mappings that look as if nobody could.
func TestDropStartPages(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("memory_linux.go")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for name, text := range map[string]string{"memory_linux.go": string(source), "main.go": dropProbe} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, how := range map[string]struct{ cgo, mode string }{
		"static": {"0", "exe"}, "static and relocated": {"0", "pie"}, "dynamic": {"1", "exe"}, "dynamic and relocated": {"1", "pie"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out := filepath.Join(folder, strings.ReplaceAll(name, " ", "-"))
			build := exec.Command("go", "build", "-buildmode="+how.mode, "-o", out, filepath.Join(folder, "main.go"), filepath.Join(folder, "memory_linux.go")) //nolint:gosec // our own words
			build.Env = append(os.Environ(), "CGO_ENABLED="+how.cgo)
			if b, err := build.CombinedOutput(); err != nil {
				if how.cgo == "1" || how.mode == "pie" {
					t.Skipf("it can't be built here: %v\n%s", err, b)
				}
				t.Fatalf("%v\n%s", err, b)
			}
			b, err := exec.Command(out).CombinedOutput() //nolint:gosec // built just now
			m := regexp.MustCompile(`^(\d+) (\d+) <nil>\n$`).FindStringSubmatch(string(b))
			if err != nil || m == nil {
				t.Fatalf("%v\n%s", err, b)
			}
			before, _ := strconv.Atoi(m[1])
			after, _ := strconv.Atoi(m[2])
			t.Logf("%d kB before, %d kB after", before, after)
			if before > 0 && after >= before {
				t.Errorf("%d kB of files before, %d kB after", before, after)
			}
		})
	}
}
