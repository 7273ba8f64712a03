// Package profile reads heap and goroutine profiles of Go programs: what holds memory, and what grew between two of
// them. A profile comes from outside: it is bounded in bytes and in lines, and its text is cleaned.
package profile
