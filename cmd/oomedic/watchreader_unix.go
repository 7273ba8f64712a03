//go:build unix

package main

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// readerEvery is how often it is looked whether anybody still reads: a pipe says nothing by itself until it is written to.
const readerEvery = time.Second

// awaitReaderGone calls gone when out is a pipe, a socket or a terminal whose other end was closed. It returns then, or
// when ctx is done.
func awaitReaderGone(ctx context.Context, out io.Writer, gone func()) {
	f, ok := out.(*os.File)
	if !ok {
		return
	}
	raw, err := f.SyscallConn()
	if err != nil {
		return
	}
	t := time.NewTicker(readerEvery)
	defer t.Stop()
	for {
		left := false
		err := raw.Control(func(fd uintptr) {
			fds := []unix.PollFd{{Fd: int32(fd)}} //nolint:gosec // file descriptors are small
			n, err := unix.Poll(fds, 0)
			left = n > 0 && fds[0].Revents&(unix.POLLERR|unix.POLLHUP) != 0 || err != nil && !errors.Is(err, unix.EINTR)
		})
		if left || err != nil {
			gone()
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}
