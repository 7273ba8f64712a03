package main

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/oomedic/oomedic/data"
	"github.com/oomedic/oomedic/data/kube"
	"github.com/oomedic/oomedic/data/prom"
)

// metricsFlags say where Prometheus is and how to be let in. They go over the configuration file.
type metricsFlags struct {
	url, config, tokenFile, caFile, tenant string
	headers                                []string
	skipVerify                             bool
}

func (m *metricsFlags) add(f *pflag.FlagSet) {
	f.StringVar(&m.url, "prometheus-url", "", "Address of Prometheus or of what speaks its API, such as http://localhost:9090; without it one is looked for in the cluster")
	f.StringArrayVar(&m.headers, "prometheus-header", nil, "Header for Prometheus as 'Name: value', where ${NAME} is an environment variable; may be repeated")
	f.StringVar(&m.tokenFile, "prometheus-bearer-token-file", "", "File with the bearer token for Prometheus")
	f.StringVar(&m.tenant, "prometheus-tenant", "", "Tenant of Mimir, Cortex or Thanos, sent as X-Scope-OrgID")
	f.StringVar(&m.caFile, "prometheus-ca-file", "", "Certificates that Prometheus' own is checked against")
	f.BoolVar(&m.skipVerify, "prometheus-insecure-skip-tls-verify", false, "Do not check the certificate of Prometheus")
	f.StringVar(&m.config, "config", "", "Configuration file; the default is $XDG_CONFIG_HOME/oomedic/config.yaml")
}

// check refuses what can't be meant, as usage errors.
func (m *metricsFlags) check() error {
	if err := checkURL(m.url); err != nil {
		return err
	}
	for _, h := range m.headers {
		if name, _, ok := strings.Cut(h, ":"); !ok || strings.TrimSpace(name) == "" {
			return usagef("--prometheus-header is not a header: write 'Name: value'")
		}
	}
	return nil
}

// path is where the configuration file is.
func (m *metricsFlags) path() string {
	if m.config != "" {
		return m.config
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		dir = ""
	}
	return filepath.Join(dir, "oomedic", "config.yaml")
}

// guard is how careful the configuration file wants the program to be with a context.
func (m *metricsFlags) guard(context string) (prom.Guard, error) {
	g, err := prom.LoadGuard(m.path(), context, m.config != "")
	if err != nil {
		return g, usageError{err}
	}
	return g, nil
}

// settings are those of the configuration file for a context, with the flags over them.
func (m *metricsFlags) settings(context string) (*prom.Settings, error) {
	s, err := prom.LoadSettings(m.path(), context, m.config != "")
	if err != nil {
		return nil, usageError{err}
	}
	if m.url != "" {
		s.URL = m.url
	}
	if m.tenant != "" {
		s.Tenant = m.tenant
	}
	if m.tokenFile != "" {
		s.HTTP.BearerTokenFile = m.tokenFile
	}
	if m.caFile != "" {
		s.HTTP.TLSConfig.CAFile = m.caFile
	}
	if m.skipVerify {
		s.HTTP.TLSConfig.InsecureSkipVerify = true
	}
	for _, h := range m.headers {
		if err := s.AddHeader(h); err != nil {
			return nil, usagef("--prometheus-header: %v", err)
		}
	}
	return s, nil
}

// openMetrics returns the door to the Prometheus of a cluster. Nothing is asked yet.
func (o *options) openMetrics(c *kube.Client, cluster data.Cluster) (*finder, error) {
	s, err := o.metrics.settings(cluster.Context.String())
	if err != nil {
		return nil, err
	}
	f := &finder{now: time.Now, choice: choiceFor(cluster), present: c.Present(), usages: c.Usages(), selected: o.selector != "", priced: o.priceNamed()}
	f.discover = func(ctx context.Context) ([]prom.Endpoint, []data.Gap, error) { return discovered(ctx, c, s, o) }
	return f, o.configure(f, s)
}

// namedMetrics is openMetrics without a cluster, for a Prometheus that was named.
func (o *options) namedMetrics() (*finder, error) {
	s, err := o.metrics.settings(*o.kube.Context)
	if err != nil {
		return nil, err
	}
	f := &finder{now: time.Now, priced: o.priceNamed()}
	return f, o.configure(f, s)
}

// configure makes f ask the Prometheus of the settings, if they name one.
func (o *options) configure(f *finder, s *prom.Settings) error {
	if s.URL == "" {
		return nil
	}
	po, err := s.Options(prom.Options{Log: o.log})
	if err != nil {
		return err
	}
	name := data.Text("configuration file")
	if o.metrics.url != "" {
		name = "--prometheus-url"
	}
	r, err := prom.Dial(s.URL, po)
	if err != nil {
		return usagef("%s: %v", name, err)
	}
	f.configured = &prom.Endpoint{Name: name, Kind: "configured", Address: s.URL, Options: po}
	f.use(name, r)
	return nil
}

// discovered are the services of a cluster that look like a Prometheus, as endpoints.
func discovered(ctx context.Context, c *kube.Client, s *prom.Settings, o *options) ([]prom.Endpoint, []data.Gap, error) {
	services, gaps, err := c.MetricsServices(ctx)
	if err != nil {
		return nil, gaps, err
	}
	var out []prom.Endpoint
	for _, svc := range services {
		for _, p := range svc.Ports {
			route, err := c.Route(svc, p)
			if err != nil {
				return nil, gaps, err
			}
			name := data.Textf("%s/%s:%d", svc.Namespace, svc.Name, p.Number)
			if p.Name != "" {
				name = data.Textf("%s/%s:%s", svc.Namespace, svc.Name, p.Name)
			}
			e := prom.Endpoint{
				Name: name, Kind: svc.Kind, Address: route.Address(), Via: route.Via, Group: svc.Namespace + "/" + svc.Name,
				Options: prom.Options{Log: o.log, Transport: route, Header: foundHeader(s, svc.Tenant)},
			}
			if svc.Prefix != "" {
				e.Prefixes = []string{svc.Prefix, ""}
			} else {
				e.Prefixes = []string{"", "/prometheus"}
			}
			out = append(out, e)
		}
	}
	return out, gaps, nil
}

// foundHeader are the headers for a service that was found and not named: credentials are for the named one alone.
func foundHeader(s *prom.Settings, tenant string) http.Header {
	h := s.Header()
	for name := range h {
		if prom.SecretHeader(name) {
			h.Del(name)
		}
	}
	if tenant != "" && h.Get("X-Scope-OrgID") == "" {
		h.Set("X-Scope-OrgID", tenant)
	}
	return h
}
