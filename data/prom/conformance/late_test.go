//go:build e2e

package conformance

import (
	"bufio"
	"bytes"
	"context"
	wire "encoding/binary"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb"

	"github.com/oomedic/oomedic/data/demo"
)

// lateWindow is for how long samples may come late: longer than the fixture.
const lateWindow = 60 * 24 * time.Hour

// lateRounds are the fixture as it arrives when samples come out of order: the newest first, and every second one only
// afterwards. Each round has at most so many samples that one request can carry them.
func lateRounds(all []line, each func(l line, some []sample)) {
	const round = 5_000
	for half := range 2 {
		for _, l := range all {
			var some []sample
			for i := len(l.samples) - 1 - half; i >= 0; i -= 2 {
				if some = append(some, l.samples[i]); len(some) == round {
					each(l, some)
					some = nil
				}
			}
			if len(some) > 0 {
				each(l, some)
			}
		}
	}
}

// embeddedLate is the engine within the process over a store that took the samples out of order.
func embeddedLate(t *testing.T) backend {
	t.Helper()
	o := tsdb.DefaultOptions()
	o.RetentionDuration, o.MinBlockDuration, o.MaxBlockDuration = 0, blockRange, blockRange
	o.OutOfOrderTimeWindow = lateWindow.Milliseconds()
	db, err := tsdb.Open(t.TempDir(), nil, nil, o, tsdb.NewDBStats())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	lateRounds(fixture(), func(l line, some []sample) {
		app := db.Appender(context.Background())
		for _, s := range some {
			if _, err := app.Append(0, l.labels, s.t, s.v); err != nil {
				t.Fatalf("%s at %d: %v", l.labels, s.t, err)
			}
		}
		if err := app.Commit(); err != nil {
			t.Fatal(err)
		}
	})
	return backend{name: "embedded, out of order", address: "http://embedded", transport: demo.Engine(db, func() time.Time { return present })}
}

// prometheusLate is a real Prometheus that got the samples out of order by remote write, and took them for its
// out_of_order_time_window.
func prometheusLate(t *testing.T) backend {
	t.Helper()
	b := startPrometheus(t, t.TempDir(), "global: {scrape_interval: 1h}\nstorage: {tsdb: {out_of_order_time_window: 60d}}\n",
		"--web.enable-remote-write-receiver", "--storage.tsdb.min-block-duration=90d", "--storage.tsdb.max-block-duration=90d")
	b.name = "Prometheus, out of order"
	lateRounds(fixture(), func(l line, some []sample) { remoteWrite(t, b.address, l.labels, some) })
	if n := late(t, b.address); n < bigSamples {
		t.Errorf("Prometheus counted %v samples out of order", n)
	}
	return b
}

// late is how many samples a Prometheus took out of order, by its own count.
func late(t *testing.T, address string) (n float64) {
	t.Helper()
	resp, err := http.Get(address + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		if name, value, ok := strings.Cut(lines.Text(), " "); ok && strings.HasPrefix(name, "prometheus_tsdb_head_out_of_order_samples_appended_total") {
			v, err := strconv.ParseFloat(value, 64)
			if err != nil {
				t.Fatal(err)
			}
			n += v
		}
	}
	return n
}

// remoteWrite sends samples of one series by the remote write protocol, version 1.
func remoteWrite(t *testing.T, address string, l labels.Labels, some []sample) {
	t.Helper()
	body := writeRequest(l, some)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address+"/api/v1/write", bytes.NewReader(snappyLiterals(body)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Encoding", "snappy")
	req.Header.Set("Content-Type", "application/x-protobuf")
	req.Header.Set("X-Prometheus-Remote-Write-Version", "0.1.0")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	words, _ := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		t.Fatalf("%s: %s %s", l, resp.Status, words)
	}
}

// writeRequest is prometheus.WriteRequest of one series as a protocol buffer:
// https://prometheus.io/docs/specs/prw/remote_write_spec/#protocol
func writeRequest(l labels.Labels, some []sample) []byte {
	field := func(to []byte, number byte, message []byte) []byte {
		return append(wire.AppendUvarint(append(to, number<<3|2), uint64(len(message))), message...)
	}
	var series []byte
	l.Range(func(l labels.Label) {
		series = field(series, 1, field(field(nil, 1, []byte(l.Name)), 2, []byte(l.Value)))
	})
	for _, s := range some {
		value := wire.LittleEndian.AppendUint64([]byte{1<<3 | 1}, math.Float64bits(s.v))
		series = field(series, 2, wire.AppendUvarint(append(value, 2<<3), uint64(s.t)))
	}
	return field(nil, 1, series)
}

// snappyLiterals writes b in snappy's block format as it is, without looking for what repeats
// (https://github.com/google/snappy/blob/main/format_description.txt).
func snappyLiterals(b []byte) []byte {
	const longest = 1 << 16
	out := wire.AppendUvarint(nil, uint64(len(b)))
	for len(b) > 0 {
		n := min(len(b), longest)
		out = append(out, 61<<2, byte(n-1), byte((n-1)>>8)) // a literal whose length stands in two bytes
		out, b = append(out, b[:n]...), b[n:]
	}
	return out
}

// TestLateSamplesAreLate holds that a store without a window refuses what those of these tests take.
func TestLateSamplesAreLate(t *testing.T) {
	dir := t.TempDir()
	db, err := tsdb.Open(dir, nil, nil, tsdb.DefaultOptions(), tsdb.NewDBStats())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	refused := 0
	lateRounds([]line{memory("one", 0, 100, rising)}, func(l line, some []sample) {
		app := db.Appender(context.Background())
		for _, s := range some {
			if _, err := app.Append(0, l.labels, s.t, s.v); err != nil {
				refused++
			}
		}
		_ = app.Commit()
	})
	if refused == 0 {
		t.Error("every sample came in order")
	}
}
