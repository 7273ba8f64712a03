package analysis

import (
	"regexp"
	"slices"
	"strconv"

	"github.com/oomedic/oomedic/data"
)

// LogHint is something in a container's log that tells of memory.
type LogHint struct {
	Says  data.Text
	Means data.Text
	Lines []int // into data.LogTail.Lines: those that show it, oldest first, at most maxHintLines
}

// maxHintLines is how many lines are shown for one hint; the newest are kept.
const maxHintLines = 3

// lastWords is how many lines before the end are shown whatever they say.
const lastWords = 5

// risingNumbers is how many counts of connections make a course, and risingBy how much the last must be above the first.
const (
	risingNumbers = 3
	risingBy      = 1.5
)

// maxCounts is how many counts of one line are followed.
const maxCounts = 4

// logSigns are what is looked for, the clearest first.
var logSigns = []struct {
	re          *regexp.Regexp
	says, means data.Text
}{
	{regexp.MustCompile(`java\.lang\.OutOfMemoryError: Java heap space|GC overhead limit exceeded`), "the JVM's heap was full",
		"The heap's own bound was met, and not the container's limit: -Xmx or MaxRAMPercentage is too low, or the heap leaks."},
	{regexp.MustCompile(`OutOfMemoryError: (Metaspace|Compressed class space)`), "the JVM's metaspace was full", "Classes are loaded without an end: class loaders leak, or MaxMetaspaceSize is too low."},
	{regexp.MustCompile(`OutOfMemoryError: (Direct buffer memory|Cannot reserve \d+ bytes of direct buffer)|OutOfDirectMemoryError`), "the JVM's direct buffers were full", "Memory beside the heap: buffers of Netty or NIO are not released."},
	{regexp.MustCompile(`OutOfMemoryError: unable to create (new )?native thread`), "no thread could be made", "Too many threads, or a limit on processes: it is no lack of heap."},
	{regexp.MustCompile(`java\.lang\.OutOfMemoryError|System\.OutOfMemoryException|\bMemoryError\b|std::bad_alloc|JavaScript heap out of memory|NoMemoryError`), "the program ran out of memory by its own account",
		"An allocation failed inside the runtime, before or beside the kernel's kill."},
	{regexp.MustCompile(`fatal error: (runtime: )?(out of memory|cannot allocate memory)|[Cc]annot allocate memory|ENOMEM`), "the system gave no more memory", "The kernel refused memory: the limit, or the node's own."},
	{regexp.MustCompile(`(?i)was sent SIGKILL!|worker.*signal(ed)? .*(9|KILL)|child .* (killed|exited on signal 9)`), "a worker process was killed", "The kernel took a child, and the main process lived on: the container shows no OOMKilled for it."},
	{regexp.MustCompile(`MaxListenersExceededWarning|EventEmitter memory leak`), "event listeners pile up", "Listeners are added and never removed, which keeps what they refer to."},
	{regexp.MustCompile(`(?i)too many connections|connection pool (is )?(exhausted|full|timeout)|remaining connection slots|connection leak|unclosed (connection|client session|resource)`), "connections run short or are not closed", "Connections that are not given back keep memory on both sides."},
	{regexp.MustCompile(`(?i)no space left on device`), "a volume was full", "If it is /dev/shm or a memory-backed volume, its files are memory too."},
	{regexp.MustCompile(`(?i)pause full|\bfull gc\b|mark-sweep .*allocation failure|concurrent mode failure|to-space exhausted`), "the collector ran at its end", "Full collections one after the other: what is left in the heap is really in use."},
	{regexp.MustCompile(`(?i)\bheap\b.{0,16}\b(8[5-9]|9\d|100)(\.\d+)? ?%`), "its heap was nearly full by its own account", "The runtime's own bound was close: collections take more and more of the processor, and an allocation may fail."},
	{regexp.MustCompile(`(?i)\b(received|got|caught) (signal )?(SIGTERM|terminated)\b|\bSIGTERM received\b|signal 15\b`), "it was asked to stop before it was killed", "A liveness probe, an eviction or a rollout ended it, and SIGKILL came when it took too long: its memory may be innocent."},
	{regexp.MustCompile(`(?i)\bOOM command not allowed\b|maxmemory`), "a cache has met its own bound", "maxmemory was reached: evict, or give it more and the container too."},
}

// connections finds counts of connections, streams, goroutines, threads, sessions, open files or buffers in a line.
var connections = regexp.MustCompile(`(?i)\b(connections?|conns|streams|subscriptions|listeners|goroutines|threads|sessions|clients|open[_-](?:files|fds|handles|buffers)|in[_-]?flight|queue(?:[_ ]?(?:size|length|depth))?)["']?\s*[=:]\s*["']?(\d{1,9})\b|\b(\d{1,9})\s+(?:open |active |idle )?(connections|goroutines|threads|sessions|clients)\b`)

// LogHints returns what a log's end tells of memory, the clearest first, and last of all its last lines.
func LogHints(l *data.LogTail) []LogHint {
	var out []LogHint
	for _, s := range logSigns {
		if lines := matching(l, s.re); len(lines) > 0 {
			out = append(out, LogHint{Says: s.says, Means: s.means, Lines: lines})
		}
	}
	out = append(out, risingCounts(l)...)
	if n := len(l.Lines); n > 0 {
		h := LogHint{Says: "the last lines", Means: "What it did when it was killed. The kernel's kill leaves no word in a log."}
		if !l.Previous {
			h.Means = "What it said last."
		}
		for i := max(0, n-lastWords); i < n; i++ {
			h.Lines = append(h.Lines, i)
		}
		out = append(out, h)
	}
	return out
}

func matching(l *data.LogTail, re *regexp.Regexp) []int {
	var out []int
	for i := range l.Lines {
		if !l.Lines[i].Binary && re.MatchString(l.Lines[i].Text.String()) {
			out = append(out, i)
		}
	}
	return out[max(0, len(out)-maxHintLines):]
}

// risingCounts finds counts that rose towards the end.
func risingCounts(l *data.LogTail) []LogHint {
	values, lines := map[string][]float64{}, map[string][]int{}
	var names []string
	for i := range l.Lines {
		if l.Lines[i].Binary {
			continue
		}
		for _, m := range connections.FindAllStringSubmatch(l.Lines[i].Text.String(), maxCounts) {
			name, number := m[1], m[2]
			if name == "" {
				name, number = m[4], m[3]
			}
			v, err := strconv.ParseFloat(number, 64)
			if err != nil {
				continue
			}
			if values[name] == nil {
				names = append(names, name)
			}
			values[name], lines[name] = append(values[name], v), append(lines[name], i)
		}
	}
	var out []LogHint
	for _, name := range names {
		v, at := values[name], lines[name]
		if n := len(v); n >= risingNumbers && v[n-1] >= risingBy*max(v[0], 1) && mostlyRising(v) {
			says, shown := data.Textf("%s rose from %.0f to %.0f", name, v[0], v[n-1]), []int{at[0], at[n/2], at[n-1]}
			if last := len(out) - 1; last >= 0 && slices.Equal(out[last].Lines, shown) { // counts of the same lines are one hint
				out[last].Says += "; " + says
				continue
			}
			out = append(out, LogHint{Says: says, Means: "What is counted here grows towards the end, and each one holds memory.", Lines: shown})
		}
	}
	return out
}

// mostlyRising reports whether at most one step in five goes down.
func mostlyRising(v []float64) bool {
	down := 0
	for i := 1; i < len(v); i++ {
		if v[i] < v[i-1] {
			down++
		}
	}
	return 5*down <= len(v)-1
}
