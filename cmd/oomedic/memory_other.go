//go:build !linux

package main

// dropStartPages does nothing where the program's file is not mapped as on Linux.
func dropStartPages() {}
