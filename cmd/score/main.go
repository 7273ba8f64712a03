// Command score measures the diagnosis on simulated cases whose cause is known, and its limits beside those of other
// tools. It is a module of its own, so that what it needs beside the program never becomes part of it.
//
//	go run . -part dev -dump /tmp/dev    tables, and a text on each case that was judged wrong
//	go run . -part held -md accuracy.md  tables of the cases that nothing was tuned on
//	go run . -part second-held -md accuracy.md  the same of another generator's cases, in a section of their own
//
// package simulate makes the cases, package second others by another hand, package replay reads some of them through
// Prometheus's own storage and query engine, and package baselines holds what the other tools say.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/oomedic/oomedic/cmd/score/second"
	"github.com/oomedic/oomedic/cmd/score/simulate"
)

type options struct {
	part    simulate.Part
	cases   int
	through float64
	workers int
	dump    string
	label   string
	md      string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Stdout, parse())
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "score:", err)
		os.Exit(1)
	}
}

// parse reads the flags.
func parse() options {
	var o options
	part := flag.String("part", string(simulate.Dev), "which cases: dev, to tune on, or held, to be looked at only in the end; second-dev and second-held are the other generator's")
	flag.IntVar(&o.cases, "cases", 25, "cases of each cause and condition")
	flag.Float64Var(&o.through, "through", 0.1, "share of the cases that is also read through a storage and a query engine of Prometheus")
	flag.IntVar(&o.workers, "workers", runtime.NumCPU(), "cases that are judged side by side")
	flag.StringVar(&o.dump, "dump", "", "folder for a text on each case of part dev or second-dev that was judged wrong")
	flag.StringVar(&o.label, "label", "", "only this true cause, in part dev or second-dev")
	flag.StringVar(&o.md, "md", "", "file that the tables are written to as well, with what they mean")
	flag.Parse()
	o.part = simulate.Part(*part)
	return o
}

// run judges the cases and writes the tables.
func run(ctx context.Context, w io.Writer, o options) error {
	switch {
	case !slices.Contains([]simulate.Part{simulate.Dev, simulate.Held, second.Dev, second.Held}, o.part):
		return fmt.Errorf("-part is dev, held, second-dev or second-held, not %q", o.part)
	case (o.part == simulate.Held || o.part == second.Held) && (o.dump != "" || o.label != ""):
		return errors.New("held-out cases are not for looking at: -dump and -label go with -part dev and second-dev")
	case o.cases < 1:
		return errors.New("-cases is at least 1")
	}
	began := time.Now()
	results, err := judgeAll(ctx, o)
	if err != nil {
		return err
	}
	if o.dump != "" {
		if err := dumpWrong(o.dump, results); err != nil {
			return err
		}
	}
	if o.md != "" {
		if err := writeDocument(o, results); err != nil {
			return err
		}
	}
	writeTables(w, o, results)
	fmt.Fprintf(w, "\n%d cases in %s.\n", len(results), time.Since(began).Round(time.Second))
	return nil
}

type job struct {
	cond  simulate.Condition
	label simulate.Label
	n     int
}

// judgeAll makes and judges all cases, in a fixed order.
func judgeAll(ctx context.Context, o options) ([]result, error) {
	var jobs []job
	for _, cond := range []simulate.Condition{simulate.Clean, simulate.Degraded} {
		for _, label := range simulate.Labels {
			if o.label != "" && o.label != string(label) {
				continue
			}
			n := o.cases
			if label == simulate.Healthy {
				n *= 3
			}
			for i := range n {
				jobs = append(jobs, job{cond, label, i})
			}
		}
	}
	out, errs := make([]result, len(jobs)), make([]error, len(jobs))
	next := make(chan int)
	var wg sync.WaitGroup
	for range max(1, o.workers) {
		wg.Go(func() {
			for i := range next {
				c, err := newCandidate(o.part, jobs[i])
				if err != nil {
					errs[i] = err
					continue
				}
				every := int(math.Round(1 / max(o.through, 1e-9)))
				if out[i], errs[i] = judge(ctx, c, o.through > 0 && i%every == 0); errs[i] != nil {
					errs[i] = fmt.Errorf("%s: %w", c.ID, errs[i])
				}
				if o.dump != "" {
					out[i].facts = describe(c.Case, &out[i])
				}
			}
		})
	}
	for i := range jobs {
		if ctx.Err() == nil {
			next <- i
		}
	}
	close(next)
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}
