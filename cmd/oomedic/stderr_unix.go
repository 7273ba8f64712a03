//go:build unix

package main

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// divertStderr points file descriptor 2 at the log while the screen is taken, and returns what puts it back. Replacing
// os.Stderr would not do: client-go's credential plugins inherit the descriptor, and the runtime writes to it.
func divertStderr(to io.Writer) (restore func()) {
	f, ok := to.(*os.File)
	if !ok {
		null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
		if err != nil {
			return func() {}
		}
		f = null
	}
	saved, err := unix.FcntlInt(2, unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return func() {}
	}
	if err := unix.Dup2(int(f.Fd()), 2); err != nil { //nolint:gosec // descriptors are small
		return func() {}
	}
	return func() {
		_ = unix.Dup2(saved, 2)
		_ = unix.Close(saved)
	}
}
