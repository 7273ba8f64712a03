package main

import (
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"k8s.io/cli-runtime/pkg/genericiooptions"
)

// TestEachCommandStartsWithItsOwnDefaults holds that no command takes the default of another's flag.
func TestEachCommandStartsWithItsOwnDefaults(t *testing.T) {
	t.Parallel()
	root := newRoot("oomedic", genericiooptions.NewTestIOStreamsDiscard())
	var look func(c *cobra.Command)
	look = func(c *cobra.Command) {
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if f.Value.String() != f.DefValue {
				t.Errorf("%s: --%s starts as %q, and its default is %q", c.CommandPath(), f.Name, f.Value, f.DefValue)
			}
		})
		for _, sub := range c.Commands() {
			look(sub)
		}
	}
	look(root)
}
