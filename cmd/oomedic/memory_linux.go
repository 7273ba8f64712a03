package main

import (
	"bufio"
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// dropStartPages gives back the pages of the program's own file that only its start needed: some 30 MB of code and tables
// that register the types of Kubernetes and are not used again. They are clean copies of the file, so whatever is needed
// after all comes back by itself. Nothing depends on it.
func dropStartPages() {
	exe, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return
	}
	f, err := os.Open("/proc/self/smaps")
	if err != nil {
		return
	}
	defer func() { _ = f.Close() }()
	for _, m := range cleanMappings(f, exe) {
		_, _, _ = unix.Syscall(unix.SYS_MADVISE, m.from, m.to-m.from, unix.MADV_DONTNEED) //nolint:errcheck // the pages stay, then
	}
}

// mapping is a range of addresses.
type mapping struct{ from, to uintptr }

// cleanMappings reads /proc/PID/smaps and returns where the file path is mapped and nothing was ever written. A mapping that
// can't be written to now may have been before, by the dynamic linker or a debugger: then it has anonymous pages, which
// giving back would lose.
func cleanMappings(smaps io.Reader, path string) []mapping {
	var out []mapping
	var m mapping
	ours := false
	for in := bufio.NewScanner(smaps); in.Scan(); {
		f := strings.Fields(in.Text())
		if len(f) == 0 {
			continue
		}
		if !strings.HasSuffix(f[0], ":") { // the head of a mapping
			m, ours = mappingOf(f, path)
			continue
		}
		if ours && f[0] == "Anonymous:" && len(f) > 1 && f[1] == "0" {
			out = append(out, m)
		}
	}
	return out
}

// mappingOf reads the head of a mapping, split at its blanks. ok is false for another file and for one that can be written.
func mappingOf(f []string, path string) (m mapping, ok bool) {
	if len(f) != 6 || f[5] != path || (f[1] != "r-xp" && f[1] != "r--p") {
		return m, false
	}
	first, last, ok := strings.Cut(f[0], "-")
	a, err := strconv.ParseUint(first, 16, strconv.IntSize)
	z, err2 := strconv.ParseUint(last, 16, strconv.IntSize)
	if !ok || err != nil || err2 != nil || z <= a {
		return m, false
	}
	return mapping{uintptr(a), uintptr(z)}, true
}
