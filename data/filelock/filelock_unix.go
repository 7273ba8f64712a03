//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

// Package filelock keeps two programs from writing one file at a time.
package filelock

import (
	"errors"
	"os"
	"syscall"
	"time"
)

// NoFollow is a flag of os.OpenFile that makes opening a symbolic link fail: whoever may write to the folder's parent
// must not lead us elsewhere.
const NoFollow = syscall.O_NOFOLLOW

// retryEvery is how often Take looks whether a lock is free.
const retryEvery = 5 * time.Millisecond

// Take waits for the lock of f, which ends with the file's closing or with the process. It fails when another program
// still holds it after wait, or when the file system knows no locks.
func Take(f *os.File, wait time.Duration) error {
	for deadline := time.Now().Add(wait); ; {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			return err
		}
		if time.Now().After(deadline) {
			return errors.New("another oomedic holds its lock")
		}
		time.Sleep(retryEvery)
	}
}
