//go:build !unix

package main

// lock does nothing here: two builds at once cost time and nothing else, since each appears by a rename.
func lock(string) (func(), error) { return func() {}, nil }
