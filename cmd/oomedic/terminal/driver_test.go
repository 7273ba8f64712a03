//go:build e2e

package terminal

import "testing"

// TestHelpInTmux shows that the driver reads a screen and the settings of the terminal after the end.
func TestHelpInTmux(t *testing.T) {
	t.Parallel()
	s := start(t, 120, 160, "--help")
	s.wait(`(?m)^Usage:`)
	s.wait(`oomedic demo`)
	s.restored(0)
}

func TestUnknownFlagIsAUsageError(t *testing.T) {
	t.Parallel()
	s := start(t, 80, 24, "--no-such-flag")
	s.wait(`no-such-flag`)
	s.restored(2)
}
