package demo

import (
	"math"

	"github.com/oomedic/oomedic/data/profile"
)

// held is where a Go program holds its memory and where its goroutines stand.
type held struct{ memory, goroutines []profile.Spot }

// live is the part of the heap in use that a collection leaves, which is all that a heap profile counts.
const live = 0.95

// The calls of net/http that a request goes through, the innermost first.
var serving = []profile.Frame{
	{Function: "net/http.HandlerFunc.ServeHTTP", File: "/usr/local/go/src/net/http/server.go", Line: 2322},
	{Function: "net/http.(*ServeMux).ServeHTTP", File: "/usr/local/go/src/net/http/server.go", Line: 2861},
	{Function: "net/http.serverHandler.ServeHTTP", File: "/usr/local/go/src/net/http/server.go", Line: 3340},
	{Function: "net/http.(*conn).serve", File: "/usr/local/go/src/net/http/server.go", Line: 2109},
}

// under puts frames above those that called them.
func under(callers []profile.Frame, inner ...profile.Frame) []profile.Frame {
	return append(append([]profile.Frame(nil), inner...), callers...)
}

// spot is so many bytes in objects of a size each; nothing below one object.
func spot(bytes, each float64, stack []profile.Frame) profile.Spot {
	n := math.Floor(math.Max(0, bytes) / each)
	return profile.Spot{Stack: stack, Objects: int64(n), Bytes: int64(n * each)}
}

// standing are so many goroutines.
func standing(n float64, stack []profile.Frame) profile.Spot {
	return profile.Spot{Stack: stack, Objects: int64(math.Max(0, n))}
}

// spread divides bytes among spots by their shares.
func spread(bytes float64, parts ...part) []profile.Spot {
	var out []profile.Spot
	for _, p := range parts {
		out = append(out, spot(p.share*bytes, p.each, p.stack))
	}
	return out
}

// part is a share of some memory, in objects of a size each in bytes.
type part struct {
	share, each float64
	stack       []profile.Frame
}

// apiServerSpots are those of api-server: each client that follows events gets a buffer and a goroutine that waits, and
// neither ends when the client goes away. The catalogue is read once; what remains are requests in flight.
func apiServerSpots(u usage, h heap) held {
	const code, library = "/src/shop/api-server/", "/usr/local/go/src/"
	mainly := []profile.Frame{{Function: "main.main", File: code + "main.go", Line: 48}, {Function: "runtime.main", File: library + "runtime/proc.go", Line: 290}}
	subscribe := under(serving,
		profile.Frame{Function: "example/shop/api-server/events.(*Hub).Subscribe", File: code + "events/hub.go", Line: 57},
		profile.Frame{Function: "example/shop/api-server/events.(*Handler).Stream", File: code + "events/handler.go", Line: 31})
	streams := math.Floor(u.leaked / (streamTakes + goroutineTakes))
	leaked := streams * streamTakes
	catalogue := 168 * mi
	rest := math.Max(0, live*h.used-leaked-catalogue)
	memory := append([]profile.Spot{
		spot(leaked, streamTakes, subscribe),
		spot(catalogue*0.78, 512, under(mainly, profile.Frame{Function: "example/shop/api-server/catalog.(*Index).add", File: code + "catalog/index.go", Line: 121}, profile.Frame{Function: "example/shop/api-server/catalog.Load", File: code + "catalog/load.go", Line: 44})),
		spot(catalogue*0.22, 96, under(mainly, profile.Frame{Function: "strings.Clone", File: library + "strings/clone.go", Line: 26}, profile.Frame{Function: "example/shop/api-server/catalog.Load", File: code + "catalog/load.go", Line: 51})),
	}, spread(rest,
		part{0.46, 16 * 1024, under(serving, profile.Frame{Function: "bytes.growSlice", File: library + "bytes/buffer.go", Line: 249}, profile.Frame{Function: "example/shop/api-server/web.(*Server).search", File: code + "web/search.go", Line: 83})},
		part{0.27, 4096, under(serving, profile.Frame{Function: "encoding/json.(*Decoder).refill", File: library + "encoding/json/stream.go", Line: 165}, profile.Frame{Function: "example/shop/api-server/web.(*Server).order", File: code + "web/order.go", Line: 29})},
		part{0.19, 4096, under(serving[3:], profile.Frame{Function: "bufio.NewReaderSize", File: library + "bufio/bufio.go", Line: 57})},
		part{0.08, 2048, under(mainly, profile.Frame{Function: "example/shop/api-server/metrics.newHistogram", File: code + "metrics/histogram.go", Line: 18})})...)
	waits := profile.Frame{Function: "runtime.gopark", File: library + "runtime/proc.go", Line: 460}
	return held{memory: memory, goroutines: []profile.Spot{
		standing(streams, []profile.Frame{waits, {Function: "runtime.selectgo", File: library + "runtime/select.go", Line: 351}, {Function: "example/shop/api-server/events.(*Hub).pump", File: code + "events/hub.go", Line: 84}}),
		standing(u.open(), under(serving[3:], waits, profile.Frame{Function: "internal/poll.(*FD).Read", File: library + "internal/poll/fd_unix.go", Line: 165})),
		standing(h.goroutines-streams-u.open()-1, []profile.Frame{waits, {Function: "time.Sleep", File: library + "runtime/time.go", Line: 363}, {Function: "example/shop/api-server/catalog.(*Index).refresh", File: code + "catalog/refresh.go", Line: 22}}),
		standing(1, []profile.Frame{{Function: "runtime/pprof.runtime_goroutineProfileWithLabels", File: library + "runtime/mprof.go", Line: 1150}}),
	}}
}

// logShipperSpots are those of the log shipper: the buffer of each file that was rotated away stays.
func logShipperSpots(u usage, h heap) held {
	const code, library = "/src/platform/log-shipper/", "/usr/local/go/src/"
	follow := []profile.Frame{{Function: "example/platform/log-shipper/tail.(*Follower).run", File: code + "tail/follower.go", Line: 66}}
	rest := math.Max(0, live*h.used-u.leaked)
	memory := append([]profile.Spot{
		spot(u.leaked, shipperTakes, under(follow, profile.Frame{Function: "example/platform/log-shipper/tail.(*File).reopen", File: code + "tail/file.go", Line: 143}, profile.Frame{Function: "example/platform/log-shipper/tail.(*Follower).rotated", File: code + "tail/follower.go", Line: 91})),
	}, spread(rest,
		part{0.52, 64 * 1024, under(follow, profile.Frame{Function: "example/platform/log-shipper/batch.(*Batch).add", File: code + "batch/batch.go", Line: 37})},
		part{0.31, 32 * 1024, under(follow, profile.Frame{Function: "compress/flate.NewWriter", File: library + "compress/flate/deflate.go", Line: 666}, profile.Frame{Function: "example/platform/log-shipper/sink.(*HTTP).send", File: code + "sink/http.go", Line: 58})},
		part{0.17, 4096, under(follow, profile.Frame{Function: "bufio.NewReaderSize", File: library + "bufio/bufio.go", Line: 57})})...)
	waits := profile.Frame{Function: "runtime.gopark", File: library + "runtime/proc.go", Line: 460}
	return held{memory: memory, goroutines: []profile.Spot{
		standing(h.goroutines-3, under(follow, waits, profile.Frame{Function: "internal/poll.(*FD).Read", File: library + "internal/poll/fd_unix.go", Line: 165})),
		standing(3, []profile.Frame{waits, {Function: "example/platform/log-shipper/sink.(*HTTP).loop", File: code + "sink/http.go", Line: 31}}),
	}}
}
