//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

package journal

import "os"

// alive takes every process for ended, so that an intent is looked after.
func alive(pid int) bool { return pid == os.Getpid() }
