package analysis

import "github.com/oomedic/oomedic/data"

// How the parts of a runtime's memory are read.
const (
	heapIsIt    = 0.60 // from this share of the working set on the heap is what fills the container
	heapIsNotIt = 0.40 // up to this share it is not
	heapFull    = 0.90 // of its bound
)

// RuntimeMemoryWords says in sentences what a runtime's own metrics mean beside the working set: whether the heap is
// what fills the container, or what lies beside it.
func RuntimeMemoryWords(m *data.RuntimeMemory) []data.Text {
	last := func(s data.Samples) (float64, bool) {
		if s.Len() == 0 {
			return 0, false
		}
		return s.V[s.Len()-1], true
	}
	ws, known := last(m.WorkingSet)
	var heap, bound, others float64
	for _, p := range m.Parts {
		v, ok := last(p.Samples)
		switch {
		case !ok:
		case p.Bound:
			bound = v
		case p.Name == "heap used" || p.Name == "process":
			heap = v
		case p.Name != "heap held":
			others += v
		}
	}
	if heap <= 0 {
		return nil
	}
	var out []data.Text
	if known && ws > 0 {
		switch share := heap / ws; {
		case m.Runtime == "python":
			out = append(out, data.Textf("The processes hold %s of the working set of %s; Python exports nothing of its heap.", percent(share), human(ws)))
		case share >= heapIsIt:
			out = append(out, data.Textf("The heap is %s of the working set of %s: a heap profile will show what fills it.", percent(share), human(ws)))
		case share <= heapIsNotIt:
			out = append(out, data.Textf("The heap is only %s of the working set of %s: look beside it (native memory, buffers, threads, files in memory).", percent(share), human(ws)))
		default:
			out = append(out, data.Textf("The heap is %s of the working set of %s.", percent(share), human(ws)))
		}
		if rest := ws - heap - others; rest > 0.25*ws && m.Runtime != "python" {
			out = append(out, data.Textf("%s are in nothing that the runtime counts.", human(rest)))
		}
	}
	switch {
	case bound <= 0 || heap < heapFull*bound:
	case m.Runtime == "go":
		out = append(out, data.Textf("The heap is at %s of its soft limit of %s (GOMEMLIMIT): what is left is really in use, and the collector takes processor time without an end.", percent(heap/bound), human(bound)))
	default:
		out = append(out, data.Textf("The heap has reached %s of its bound of %s: it will fail by itself before or beside the kernel's kill.", percent(heap/bound), human(bound)))
	}
	return out
}
