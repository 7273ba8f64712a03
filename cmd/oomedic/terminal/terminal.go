// Package terminal holds the tests that run the built program in a terminal, as a person would: in tmux, which shows
// what is on the screen, and on a bare pseudo-terminal, which shows every byte. They need the build tag e2e.
package terminal
