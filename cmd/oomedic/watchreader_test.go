//go:build unix

package main

import (
	"context"
	"io"
	"os"
	"testing"
	"time"

	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/client-go/kubernetes/fake"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
)

// watchTo runs a watch that writes to out and returns what it returned.
func watchTo(ctx context.Context, t *testing.T, out io.Writer, pods ...string) chan error {
	t.Helper()
	o := newOptions(genericiooptions.IOStreams{Out: out, ErrOut: io.Discard})
	o.sinceText = "24h"
	if err := o.complete(); err != nil {
		t.Fatal(err)
	}
	o.output, o.selector = "text", "app"
	cs := fake.NewClientset()
	for _, name := range pods {
		if err := cs.Tracker().Add(watchedPod(name, time.Now().Add(time.Minute))); err != nil {
			t.Fatal(err)
		}
	}
	done := make(chan error, 1)
	go func() {
		done <- o.watchCluster(ctx, kube.NewFor(cs, "fake", kube.Options{}), data.Cluster{}, &finder{now: time.Now})
	}()
	return done
}

// A watch that has nothing to say ends all the same when its reader leaves, as "oomedic watch | head -1" does.
func TestWatchEndsWhileNothingHappens(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), watchTime)
	defer cancel()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer write.Close() //nolint:errcheck // the test is over
	done := watchTo(ctx, t, write)
	select {
	case err := <-done:
		t.Fatalf("it ended while somebody reads: %v", err)
	case <-time.After(2 * readerEvery): // the reader is looked for in this time
	}
	_ = read.Close()
	if err := <-done; err != nil || ctx.Err() != nil {
		t.Errorf("%v, %v", err, ctx.Err())
	}
}

// stuck is an output whose reader holds the pipe and does not read.
type stuck struct {
	writing chan struct{}
	free    chan struct{}
}

// Write blocks until the test is over.
func (s *stuck) Write(p []byte) (int, error) {
	close(s.writing)
	<-s.free
	return len(p), nil
}

// Who asks it to end is heard although a line can't be got rid of.
func TestWatchEndsWhileALineIsHeld(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), watchTime)
	defer cancel()
	out := &stuck{make(chan struct{}), make(chan struct{})}
	defer close(out.free)
	done := watchTo(ctx, t, out, "new")
	<-out.writing
	cancel()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(watchTime):
		t.Error("it waits for its reader for ever")
	}
}
