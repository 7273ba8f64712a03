//go:build fixedclock

package main

import "time"

// clock stands still, so that the sandbox shows the same in every run: pictures made of it change when the program does
// and at no other time.
var clock = func() time.Time { return time.Date(2026, 11, 23, 3, 12, 0, 0, time.UTC) }
