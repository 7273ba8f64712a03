//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package journal

import (
	"errors"
	"os"
	"syscall"
	"time"
)

// noFollow makes opening a symbolic link fail: whoever may write to the folder's parent must not lead us elsewhere.
const noFollow = syscall.O_NOFOLLOW

// takeLock waits for the lock of f, which ends with the file's closing or with the process.
func takeLock(f *os.File, wait time.Duration) error {
	for deadline := time.Now().Add(wait); ; {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			return err
		}
		if time.Now().After(deadline) {
			return errors.New("another oomedic holds it")
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// alive reports whether a process exists.
func alive(pid int) bool {
	err := syscall.Kill(pid, 0)
	return pid > 0 && (err == nil || errors.Is(err, syscall.EPERM))
}
