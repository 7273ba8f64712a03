package main

import (
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"
)

const rootLong = `oomedic lists the containers that Kubernetes killed for memory, shows each one's working set against its limit, walks
through the five steps of the diagnosis (confirm, limit, history, leak or limit, right size), and applies the new size
after a diff and an explicit yes.

Without a command it opens the terminal UI on the current kubeconfig context, in all namespaces; when the output is not a
terminal it prints the report instead. "oomedic demo" needs no cluster.`

const rootExamples = `  # look around without a cluster
  oomedic demo

  # on call: the current context, with memory history
  oomedic --prometheus-url http://localhost:9090

  # look, but change nothing
  oomedic --read-only -n shop

  # the same findings for a script
  oomedic report -A --since 7d -o json`

// newRoot builds the command tree. name is what the program was started as.
func newRoot(name string, streams genericiooptions.IOStreams) *cobra.Command {
	o := newOptions(streams)
	root := &cobra.Command{
		Use:           "oomedic",
		Short:         "Find, explain and fix OOM kills in Kubernetes",
		Long:          rootLong,
		Example:       rootExamples,
		Args:          noArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := o.complete(); err != nil {
				return err
			}
			if !o.interactive() {
				return o.report(c.Context())
			}
			return o.tui(c.Context())
		},
	}
	if strings.HasPrefix(filepath.Base(name), "kubectl-") {
		// kubectl shows its plugins by their own usage line.
		root.Annotations = map[string]string{cobra.CommandDisplayNameAnnotation: "kubectl oomedic"}
	}
	root.SetOut(streams.Out)
	root.SetErr(streams.ErrOut)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	o.addFlags(root.PersistentFlags())
	root.AddCommand(newReport(o), newRisk(o), newWatch(o), newCheck(o), newFix(o), newHistory(o), newUndo(o), newDemo(o), newExplain(streams), newGlossary(streams), newArtifacts(o), newProfile(o), newVersion(streams))
	return root
}

// noArgs refuses words that no command takes, as a usage error.
func noArgs(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if c.HasParent() {
		return usagef("%s takes no arguments, got %q", c.CommandPath(), args[0])
	}
	return usagef("there is no command %q", args[0])
}
