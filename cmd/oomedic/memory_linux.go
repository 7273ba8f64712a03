package main

import (
	"bufio"
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
	f, err := os.Open("/proc/self/maps")
	if err != nil {
		return
	}
	defer func() { _ = f.Close() }()
	for in := bufio.NewScanner(f); in.Scan(); {
		if from, to, ok := fileOnly(in.Text(), exe); ok {
			_, _, _ = unix.Syscall(unix.SYS_MADVISE, from, to-from, unix.MADV_DONTNEED) //nolint:errcheck // the pages stay, then
		}
	}
}

// fileOnly reads a line of /proc/PID/maps and reports the addresses that it tells of when they show the file path and were
// never writable. What was written to would be lost.
func fileOnly(line, path string) (from, to uintptr, ok bool) {
	f := strings.Fields(line)
	if len(f) != 6 || f[5] != path || (f[1] != "r-xp" && f[1] != "r--p") {
		return 0, 0, false
	}
	first, last, ok := strings.Cut(f[0], "-")
	a, err := strconv.ParseUint(first, 16, strconv.IntSize)
	z, err2 := strconv.ParseUint(last, 16, strconv.IntSize)
	if !ok || err != nil || err2 != nil || z <= a {
		return 0, 0, false
	}
	return uintptr(a), uintptr(z), true
}
