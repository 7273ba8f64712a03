package prom

import (
	"context"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/oomedic/oomedic/data"
)

// Endpoint is an address where the API of a Prometheus may be.
type Endpoint struct {
	Name    data.Text // tells it from the others
	Kind    data.Text
	Address string
	// Prefixes are the paths before /api/v1 to try, in order; none means none. Another one is tried when the server
	// tells it by a redirect.
	Prefixes []string
	// Via tells how it is reached, after it was asked; nil means directly.
	Via func() data.Text
	// Group is shared by endpoints that are ports of one service: once one is accepted, the rest is left alone.
	Group   string
	Options Options
}

// Found is a candidate and, when it was accepted, what asks it.
type Found struct {
	data.Candidate
	Reader *Reader
}

// The numbers of a search: what a person waits for at most, and what one server may take of it.
const (
	searchTime    = 5 * time.Second
	candidateTime = 3 * time.Second
)

// Search asks the endpoints, the most likely first, at most four at a time and for at most five seconds, and returns
// what became of each, in the order given. With all set every endpoint is examined; otherwise those that come after
// an accepted one are left untried. Nobody's health depends on it: each is asked a handful of cheap questions.
func Search(ctx context.Context, endpoints []Endpoint, all bool) []Found {
	ctx, cancel := context.WithTimeout(ctx, searchTime)
	defer cancel()
	out := make([]Found, len(endpoints))
	for i, e := range endpoints {
		out[i] = Found{Candidate: data.Candidate{Name: e.Name, Kind: e.Kind, Address: shownAddress(e.Address), State: data.Untried, Via: e.via()}}
	}
	var mu sync.Mutex
	accepted := ""
	groups := grouped(endpoints)
	next := make(chan []int)
	var wg sync.WaitGroup
	for range min(maxInFlight, len(groups)) {
		wg.Go(func() {
			for group := range next {
				searchGroup(ctx, endpoints, out, group, all, &mu, &accepted)
			}
		})
	}
	for _, g := range groups {
		next <- g
	}
	close(next)
	wg.Wait()
	return out
}

// searchGroup asks the ports of one service, one after the other.
func searchGroup(ctx context.Context, endpoints []Endpoint, out []Found, group []int, all bool, mu *sync.Mutex, accepted *string) {
	here := ""
	for _, i := range group {
		mu.Lock()
		elsewhere := *accepted
		mu.Unlock()
		switch {
		case ctx.Err() != nil:
			out[i].Why = data.Clean("not asked: the search ended after " + searchTime.String())
			continue
		case here != "":
			out[i].Why = data.Clean("not asked: " + here + " is the same service")
			continue
		case !all && elsewhere != "":
			out[i].Why = data.Clean("not asked: " + elsewhere + " was there first")
			continue
		}
		out[i] = endpoints[i].safely(ctx, all)
		if out[i].State == data.Accepted {
			here = out[i].Name.String()
			mu.Lock()
			*accepted = here
			mu.Unlock()
		}
	}
}

// grouped are the indexes of the endpoints by group, in order.
func grouped(endpoints []Endpoint) [][]int {
	var out [][]int
	at := map[string]int{}
	for i, e := range endpoints {
		if g, ok := at[e.Group]; ok && e.Group != "" {
			out[g] = append(out[g], i)
			continue
		}
		at[e.Group] = len(out)
		out = append(out, []int{i})
	}
	return out
}

// Best returns the index of the accepted candidate that loses least, the earliest of those, or -1.
func Best(found []Found) int {
	best := -1
	for i := range found {
		if found[i].State == data.Accepted && (best < 0 || len(found[i].Missing) < len(found[best].Missing)) {
			best = i
		}
	}
	return best
}

func (e Endpoint) via() data.Text {
	if e.Via == nil {
		return "directly"
	}
	return e.Via()
}

func shownAddress(address string) data.Text {
	u, err := parseAddress(address)
	if err != nil {
		return "(not an address)"
	}
	u.User = nil
	return data.Clean(u.String())
}

// safely asks and turns a panic into a refusal.
func (e Endpoint) safely(ctx context.Context, deep bool) (f Found) {
	defer func() {
		if p := recover(); p != nil {
			f = Found{Candidate: data.Candidate{
				Name: e.Name, Kind: e.Kind, Address: shownAddress(e.Address), State: data.Refused, Via: e.via(), Why: data.Textf("asking it failed: %v", p),
			}}
		}
	}()
	return e.ask(ctx, deep)
}

// ask tries the prefixes until something else than "no such page" comes.
func (e Endpoint) ask(ctx context.Context, deep bool) (f Found) {
	prefixes := slices.Clone(e.Prefixes)
	if len(prefixes) == 0 {
		prefixes = []string{""}
	}
	learned := false
	for i := 0; i < len(prefixes); i++ {
		var trouble Trouble
		f, trouble = e.askAt(ctx, prefixes[i], deep)
		if trouble != NotPrometheus {
			break
		}
		if !learned && ctx.Err() == nil {
			learned = true
			if p := e.learnPrefix(ctx); p != "" && !slices.Contains(prefixes, p) {
				prefixes = slices.Insert(prefixes, i+1, p)
			}
		}
	}
	return f
}

// askAt asks at one prefix.
func (e Endpoint) askAt(ctx context.Context, prefix string, deep bool) (f Found, trouble Trouble) {
	address := strings.TrimRight(e.Address, "/") + prefix
	f.Candidate = data.Candidate{Name: e.Name, Kind: e.Kind, Address: shownAddress(address), State: data.Refused, Via: e.via()}
	short := e.Options
	short.Timeout = candidateTime
	r, err := Dial(address, short)
	if err != nil {
		f.Why = data.Clean(err.Error())
		return f, Refused
	}
	var st Status
	if deep {
		st, f.Has = r.Examine(ctx)
	} else {
		st = r.Probe(ctx)
		f.Has = foundIn(st)
	}
	f.Via = e.via()
	f.judge(st)
	if f.State == data.Accepted {
		f.Reader, err = Dial(address, e.Options)
		if err != nil {
			f.State, f.Why = data.Refused, data.Clean(err.Error())
			return f, Refused
		}
		f.Reader.scrape = r.scrape
	}
	return f, st.Trouble
}

// judge accepts what answered and has the memory of containers.
func (f *Found) judge(st Status) {
	switch {
	case !st.Reachable:
		f.Why, f.Next = st.Problem, nextAfter(st.Trouble)
	case !st.Has[data.MetricWorkingSet]:
		f.Answer = st.words()
		f.Missing = st.Missing
		f.Why = "it answers, but has no " + data.MetricWorkingSet
		f.Next = "let it scrape the kubelet's /metrics/cadvisor, or name another one with --prometheus-url"
	default:
		f.Answer = st.words()
		f.Missing = st.Missing
		f.State, f.Why = data.Accepted, "it answers and has the memory of containers"
	}
}

// nextAfter is what a person can do about a trouble.
func nextAfter(t Trouble) data.Text {
	switch t {
	case Unreachable:
		return "check that it runs and that the address is right; from outside the cluster: kubectl port-forward, then --prometheus-url http://localhost:9090"
	case Unauthorized:
		return "give credentials: --prometheus-header, --prometheus-bearer-token-file or the config file"
	case NotPrometheus:
		return "give the address of Prometheus itself with its path prefix, as in --prometheus-url https://host/prometheus"
	case Slow, Overloaded:
		return "try again when it has less to do, or name another one with --prometheus-url"
	}
	return "ask whoever runs it, or name another one with --prometheus-url"
}

// learnPrefix asks for the root page: a Prometheus below a path redirects there.
func (e Endpoint) learnPrefix(ctx context.Context) string {
	u, err := parseAddress(e.Address)
	if err != nil {
		return ""
	}
	rt := e.Options.Transport
	if rt == nil {
		rt = networkTransport(candidateTime)
	}
	root := *u
	root.User, root.Path = nil, strings.TrimRight(u.Path, "/")+"/"
	ctx, cancel := context.WithTimeout(ctx, candidateTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, root.String(), nil)
	if err != nil {
		return ""
	}
	resp, err := (&guard{next: plain{rt}, header: e.Options.Header, user: u.User, maxBody: 1 << 10, timepieces: &timepieces{pace: pace{now: time.Now}}}).RoundTrip(req)
	if err != nil {
		return ""
	}
	_ = resp.Body.Close()
	to, err := url.Parse(resp.Header.Get("Location"))
	if err != nil || to.Host != "" && to.Host != u.Host {
		return ""
	}
	p := strings.TrimRight(to.Path, "/")
	for _, page := range []string{"/graph", "/query", "/classic/graph"} {
		p = strings.TrimSuffix(p, page)
	}
	p = strings.TrimPrefix(p, strings.TrimRight(u.Path, "/"))
	if p != "" && (len(p) > maxPrefix || !plainPath.MatchString(p) || path.Clean(p) != p) {
		return "" // whoever answers must not lead elsewhere on the way to it, such as to another place of the API server
	}
	return p
}

// maxPrefix is how long a path prefix may be that was learnt.
const maxPrefix = 200

// plainPath is a path of plain segments.
var plainPath = regexp.MustCompile(`^(/[A-Za-z0-9._~-]+)+$`)

// plain hides that an answer is a web page, which is what is looked for here.
type plain struct{ next http.RoundTripper }

// RoundTrip sends one request.
func (p plain) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := p.next.RoundTrip(req)
	if err == nil {
		resp.Header.Del("Content-Type")
	}
	return resp, err
}

// words say what answered.
func (st Status) words() data.Text {
	if st.Version == "" {
		return "speaks PromQL, does not tell its version"
	}
	return "speaks PromQL, version " + st.Version
}
