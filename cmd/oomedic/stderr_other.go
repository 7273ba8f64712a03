//go:build !unix

package main

import "io"

// divertStderr does nothing where descriptors can't be pointed elsewhere.
func divertStderr(io.Writer) (restore func()) { return func() {} }
