package prom

import (
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestAnswersAreCompressedOnASlowWay holds that answers are asked for as they are until the way has shown to be slow.
func TestAnswersAreCompressedOnASlowWay(t *testing.T) {
	t.Parallel()
	big := strings.Repeat("x", plainTrial/2+1)
	for name, c := range map[string]struct {
		read time.Duration // how long each half of a trial takes
		want []string
	}{
		"fast":          {time.Millisecond, []string{"identity", "identity", "identity"}},
		"slow":          {time.Second, []string{"identity", "identity", "gzip"}},
		"just too slow": {33 * time.Millisecond, []string{"identity", "identity", "gzip"}},
		"just fast":     {31 * time.Millisecond, []string{"identity", "identity", "identity"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clock := time.Unix(0, 0)
			var asked []string
			next := roundTripper(func(r *http.Request) (*http.Response, error) {
				asked = append(asked, r.Header.Get("Accept-Encoding"))
				if asked[len(asked)-1] == "" {
					asked[len(asked)-1] = "gzip" // as the transport of the standard library does
				}
				body := &tellingBody{strings.NewReader(big), func() { clock = clock.Add(c.read) }}
				return &http.Response{StatusCode: 200, Header: http.Header{}, Body: body}, nil
			})
			g := &guard{next: next, maxBody: 1 << 30, timepieces: &timepieces{pace: pace{now: func() time.Time { return clock }}}}
			for range c.want {
				req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://prometheus/", nil)
				if err != nil {
					t.Fatal(err)
				}
				resp, err := g.RoundTrip(req)
				if err != nil {
					t.Fatal(err)
				}
				whole := make([]byte, len(big))
				if _, err := io.ReadFull(resp.Body, whole); err != nil || string(whole) != big {
					t.Fatalf("the answer is not whole: %v", err)
				}
				_ = resp.Body.Close()
			}
			if got := strings.Join(asked, " "); got != strings.Join(c.want, " ") {
				t.Errorf("asked for %s, want %s", got, strings.Join(c.want, " "))
			}
		})
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// tellingBody tells of each read.
type tellingBody struct {
	io.Reader
	read func()
}

func (b *tellingBody) Read(p []byte) (int, error) { b.read(); return b.Reader.Read(p) }
func (b *tellingBody) Close() error               { return nil }

// TestCompressedAnswersAreRead holds that an answer is understood whichever way it comes, and that a header of one's own
// stays.
func TestCompressedAnswersAreRead(t *testing.T) {
	t.Parallel()
	const answer = `{"status":"success","data":{"resultType":"vector","result":[{"metric":{"node":"a"},"value":[1,"0.002"]}]}}`
	for name, slow := range map[string]bool{"as it is": false, "compressed": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			compressed := false
			r, _ := serve(t, Options{}, func(w http.ResponseWriter, req *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				if strings.Contains(req.Header.Get("Accept-Encoding"), "gzip") {
					compressed = true
					w.Header().Set("Content-Encoding", "gzip")
					z := gzip.NewWriter(w)
					_, _ = z.Write([]byte(answer))
					_ = z.Close()
					return
				}
				_, _ = w.Write([]byte(answer))
			})
			r.stream.client.Transport.(*guard).pace.slow.Store(slow)
			p, err := r.RAMPrice(t.Context())
			if err != nil || p == nil || p.PerGiBHour != 0.002 || compressed != slow {
				t.Errorf("%+v, %v, compressed %v", p, err, compressed)
			}
		})
	}
}
