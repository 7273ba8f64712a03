//go:build !fixedclock

package main

import "time"

// clock tells the time. The pictures of the documentation are made by a build whose clock stands still.
var clock = time.Now
