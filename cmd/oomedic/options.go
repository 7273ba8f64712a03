package main

import (
	"io"
	"log/slog"
	"net/url"
	"os"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/prometheus/common/model"
	"github.com/spf13/pflag"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/oomedic/oomedic/analysis"
	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/killlog"
)

// maxSince is the longest look-back window: what kills and statistics are known for at most.
const maxSince = 30 * 24 * time.Hour

// options are the flags of all commands and what is made of them.
type options struct {
	genericiooptions.IOStreams
	kube *genericclioptions.ConfigFlags

	allNamespaces bool
	selector      string
	metrics       metricsFlags
	sinceText     string
	screen        screenFlags
	look          look
	readOnly      bool
	logFile       string
	priceGiBMonth float64
	priceText     string
	output        string

	// quiet is true while the screen is taken: no credential plugin may ask for anything.
	quiet bool
	kills *killlog.Log // what a report knows of earlier runs; nil for none
	since time.Duration
	price analysis.Price
	log   *slog.Logger
	logTo io.Writer
}

func newOptions(s genericiooptions.IOStreams) *options {
	return &options{IOStreams: s, kube: genericclioptions.NewConfigFlags(true), price: analysis.DefaultPrice}
}

// addFlags declares the flags that every command has. kubectl's own come first, under their own names.
func (o *options) addFlags(f *pflag.FlagSet) {
	o.kube.AddFlags(f)
	f.BoolVarP(&o.allNamespaces, "all-namespaces", "A", false, "Look at all namespaces, which is also the default without -n")
	f.StringVarP(&o.selector, "selector", "l", "", "Label selector of the pods to look at, such as app=api")
	o.metrics.add(f)
	f.StringVar(&o.sinceText, "since", "24h", "How far back kills are listed, at most 30d")
	o.screen.add(f)
	f.BoolVar(&o.readOnly, "read-only", false, "Show everything, change nothing")
	f.StringVar(&o.logFile, "log-file", "", "Write what goes wrong in detail to this file")
	f.StringVar(&o.priceText, "price", "", "Price of memory: a number of dollars for one GiB and month, or a list price by name: "+priceNames())
	f.Float64Var(&o.priceGiBMonth, "price-gib-month", analysis.DefaultPrice.PerGiBMonth, "Price in dollars of one GiB of memory for a month; the default is OpenCost's list price")
}

// complete checks the flags and opens the log. Its errors are usage errors.
func (o *options) complete() error {
	d, err := model.ParseDuration(o.sinceText)
	switch {
	case err != nil || d <= 0:
		return usagef("--since %q is not a duration: write 90m, 24h or 7d", data.Clean(o.sinceText))
	case time.Duration(d) > maxSince:
		return usagef("--since %s is more than 30d, which is as far as kills are looked for", data.Clean(o.sinceText))
	}
	o.since = time.Duration(d)
	if _, err := labels.Parse(o.selector); err != nil {
		return usagef("-l %q is not a label selector: %v", data.Clean(o.selector), err)
	}
	if err := o.metrics.check(); err != nil {
		return err
	}
	if err := o.readLook(); err != nil {
		return err
	}
	if err := o.choosePrice(); err != nil {
		return err
	}
	return o.openLog()
}

// checkURL refuses an address that can't be one, without ever repeating a password.
func checkURL(s string) error {
	if s == "" {
		return nil
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return usagef("--prometheus-url is not an http or https address; write for example http://localhost:9090")
	}
	return nil
}

// openLog opens the log file. Without one everything is thrown away: a line on the screen would spoil it.
func (o *options) openLog() error {
	o.logTo = io.Discard
	if o.logFile != "" {
		f, err := os.OpenFile(o.logFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			return usagef("--log-file can't be opened: %v", err)
		}
		o.logTo = f
	}
	o.log = slog.New(slog.NewTextHandler(o.logTo, &slog.HandlerOptions{Level: slog.LevelDebug}))
	return nil
}

// interactive reports whether a person sits at both ends.
func (o *options) interactive() bool {
	in, ok := o.In.(*os.File)
	if !ok || !term.IsTerminal(in.Fd()) {
		return false
	}
	out, ok := o.Out.(*os.File)
	return ok && term.IsTerminal(out.Fd()) && os.Getenv("TERM") != "dumb"
}

// namespaces are the namespaces to look at; none means all.
func (o *options) namespaces() []string {
	if o.allNamespaces || o.kube.Namespace == nil || *o.kube.Namespace == "" {
		return nil
	}
	return []string{*o.kube.Namespace}
}
