// Command oomedic shows who was OOMKilled in a Kubernetes cluster, why, and what to set, and applies the change after a
// diff. Linked as kubectl-oomedic it is also `kubectl oomedic`.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/oomedic/oomedic/data"
)

// Exit codes: 2 for words on the command line that can't be taken, 1 for everything that failed after that.
const (
	exitFailure = 1
	exitUsage   = 2
)

func main() {
	saveMemory()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	streams := genericiooptions.IOStreams{In: os.Stdin, Out: os.Stdout, ErrOut: os.Stderr}
	os.Exit(run(ctx, os.Args, streams))
}

// run carries out one command line and returns the exit code. Each error is one clear line on the error stream.
func run(ctx context.Context, args []string, streams genericiooptions.IOStreams) int {
	root := newRoot(args[0], streams)
	root.SetArgs(args[1:])
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	fmt.Fprintf(streams.ErrOut, "oomedic: %s\n", data.Clean(err.Error()))
	var u usageError
	if errors.As(err, &u) {
		fmt.Fprintf(streams.ErrOut, "Run %q for what there is.\n", root.CommandPath()+" --help")
		return exitUsage
	}
	return exitFailure
}

// usageError is an error in the words of the command line.
type usageError struct{ error }

func (u usageError) Unwrap() error { return u.error }

// usagef returns a usageError.
func usagef(format string, a ...any) error { return usageError{fmt.Errorf(format, a...)} }
