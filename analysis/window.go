package analysis

import (
	"strings"
	"time"

	"github.com/oomedic/oomedic/data"
)

// enoughSamples is how many samples a window needs to be judged by: Robusta's KRR asks for the same 100 points.
const enoughSamples = 100

// window returns the window that sizes are taken from: the longest that reaches further back than the next shorter
// one and has enough samples, else the longest with any.
func (f *facts) window() data.Window {
	var first time.Time
	for i := range f.lives {
		if at := f.lives[i].first(); first.IsZero() || at.Before(first) {
			first = at
		}
	}
	reach := f.now.Sub(first)
	best := data.Day
	for i, w := range data.StatWindows {
		s := f.usage[w]
		if s.Samples < enoughSamples && (s.Samples == 0 || f.usage[best].Samples >= enoughSamples || s.Samples == f.usage[best].Samples) {
			continue
		}
		if i > 0 && f.usage[best].Samples >= enoughSamples && reach < data.StatWindows[i-1].Duration()*11/10 {
			continue
		}
		best = w
	}
	return best
}

// cacheWords and storeWords are words of names and images that tell what a program is.
var (
	cacheWords = []string{"cache", "caching", "redis", "valkey", "memcached", "varnish", "dragonfly", "keydb"}
	storeWords = []string{"postgres", "postgresql", "pgbouncer", "timescaledb", "cockroach", "mysql", "mariadb", "percona", "mongo", "mongodb", "redis", "valkey",
		"memcached", "kafka", "rabbitmq", "nats", "pulsar", "elasticsearch", "elastic", "opensearch", "cassandra", "scylla", "clickhouse", "influxdb", "etcd",
		"zookeeper", "neo4j", "minio", "solr", "database"}
)

// cacheServers are the words of images that are nothing but caches.
var cacheServers = []string{"redis", "valkey", "memcached", "varnish", "dragonfly", "keydb"}

// cacheServer reports whether the image is that of a cache, whatever the container is called.
func cacheServer(c *data.Container) bool {
	have := imageWords(c.Image)
	for _, w := range cacheServers {
		if have[w] {
			return true
		}
	}
	return false
}

// namedLike reports whether the image, the container or the workload has one of the words in its name.
func namedLike(c *data.Container, words []string) bool {
	have := imageWords(c.Image)
	for _, name := range []data.Text{c.Key.Container, c.Workload.Name} {
		for _, w := range strings.FieldsFunc(strings.ToLower(name.String()), func(r rune) bool { return r == '-' || r == '.' || r == '_' }) {
			have[w] = true
		}
	}
	for _, w := range words {
		if have[w] {
			return true
		}
	}
	return false
}
