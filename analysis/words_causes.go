package analysis

import "github.com/oomedic/oomedic/data"

// causeWords are the words of each cause; id, title and sign stand with its test.
var causeWords = map[Class]CauseWords{
	LimitTooLow: {
		Explanation: "The program needs about the same memory all the time, and that is as much as it may have. It wants a larger limit and nothing else.",
		Needs:       []data.Text{"The limit that was met, and samples of at least one life that show whether memory levels off."},
		LooksLike: []data.Text{"A leak: it does not level off, and a restart takes it back.",
			"A start that is too heavy: lives that get past it come down again."},
		Now:     []data.Text{"Set the recommended limit."},
		ForGood: []data.Text{"Nothing more, as long as the work stays the same; look again when it grows."},
	},
	MemoryLeak: {
		Explanation: "The program keeps memory that it no longer needs, more with every hour. A larger limit delays the kill; only a change of the program ends it.",
		Needs: []data.Text{"Lives long enough to show growth in most of them, or many short ones that all climb at one pace.",
			"Load over the same lives, to rule out that it only grew with its work."},
		LooksLike: []data.Text{"A cache that fills: its growth slows down.", "Load that grows: received bytes and processor time grow with memory, and a restart takes nothing back.",
			"Files in memory: they are page cache that is no file on disk, and survive a restart."},
		Now:     []data.Text{"Restart before the limit is met, at a quiet time; a bridge limit buys the time that is stated beside it."},
		ForGood: []data.Text{"Compare two heap profiles taken hours apart: what grew between them is the leak.", "Compare the slope before and after the last release."},
	},
	GradualAccumulation: {
		Explanation: "As a leak, but so slow that the limit is met after days: sessions, metrics with ever new labels, fragments of the heap.",
		Needs:       []data.Text{"Lives of several days, so that daily cycles cancel."},
		LooksLike:   []data.Text{"A daily cycle: whole days are compared.", "Load that grows from week to week."},
		Now:         []data.Text{"Restart on a schedule that is shorter than the time to the limit."},
		ForGood:     []data.Text{"Find what is kept per day, user or label, and let it expire.", "Where it is fragmentation: MALLOC_ARENA_MAX=2, jemalloc, or a runtime that returns memory."},
	},
	LoadSpike: {
		Explanation: "Most of the time there is room; now and then something asks for very much at once. Room for that, or a bound on it, is the cure.",
		Needs:       []data.Text{"The last samples before the kills; load signals, to rule out many requests and large inputs."},
		LooksLike: []data.Text{"Many requests at once: connections rise before the kill.", "One large input: disk reads or received bytes rise before it, and memory climbs for minutes.",
			"The node ran out: memory stands still, far above the request."},
		Now:     []data.Text{"Set the recommended limit: about twice what was hit, since the height of a burst cannot be seen."},
		ForGood: []data.Text{"Bound what one request may take: page sizes, result sets; stream instead of loading whole."},
	},
	ConcurrentRequests: {
		Explanation: "Each request needs some memory, and too many ran at the same time.",
		Needs:       []data.Text{"Connections, threads or traffic before the kills; else kills of several pods at once, or at one time of the day."},
		LooksLike:   []data.Text{"A single expensive request: connections are as usual."},
		Now:         []data.Text{"More replicas before the peak, fewer workers in each pod, or the recommended limit."},
		ForGood:     []data.Text{"Bound how many requests are worked on at once, and queue or refuse the rest.", "Scale out on memory or on connections."},
	},
	LargeFile: {
		Explanation: "A run reads more into memory than the limit allows; its need follows the size of its input.",
		Needs:       []data.Text{"Disk reads or received bytes before the kills, or a batch workload."},
		LooksLike:   []data.Text{"A sudden spike: it takes seconds and not minutes, and reads nothing."},
		Now:         []data.Text{"Give the run a limit for its largest input, with room."},
		ForGood:     []data.Text{"Work on the input in parts (stream, page, chunk), so that memory does not follow its size."},
	},
	UnboundedCache: {
		Explanation: "The program keeps things at hand to be fast and never throws any away. It wants a bound for that, set below the limit.",
		Needs:       []data.Text{"Lives long enough to show that growth slows down and does not end."},
		LooksLike:   []data.Text{"A leak: its growth keeps its pace.", "A heap that fills up to its bound: the runtime's setting says so."},
		Now:         []data.Text{"Set the recommended limit, or restart at a quiet time."},
		ForGood:     []data.Text{"Give the cache a bound (entries or bytes) and a rule of eviction that fits under the limit.", "For Redis and Valkey: maxmemory at about 75% of the limit, and maxmemory-policy."},
	},
	JVMHeap: {
		Explanation: "A runtime takes memory for its heap and more beside it. Heap bound and limit must fit together; here they do not.",
		Needs:       []data.Text{"The runtime's setting in the command or the environment, and the limit."},
		LooksLike:   []data.Text{"A leak: it goes on in a heap that has room under the limit."},
		Now:         []data.Text{"Lower the heap bound to 75% of the limit (Go: 90%), or raise the limit and leave the bound as it is."},
		ForGood:     []data.Text{"Set the heap as a share of the limit, so that both follow each other.", "Let a changed limit restart the container: bounds are read at the start."},
	},
	SharedMemory: {
		Explanation: "Files in a memory-backed volume are memory too. They count against the limit and stay when the container restarts.",
		Needs:       []data.Text{"The pod's volumes, and page cache with its active and inactive parts: what is neither is files in memory."},
		LooksLike:   []data.Text{"A leak: the process itself grows (RSS)."},
		Now:         []data.Text{"Delete the pod: a restart of the container does not empty the volume."},
		ForGood:     []data.Text{"Set emptyDir.sizeLimit below the limit, delete what is no longer needed, or use a volume on disk."},
	},
	StartupPeak: {
		Explanation: "The program takes more while it starts than it does afterwards. The limit must hold the start as well, or the start must take less.",
		Needs:       []data.Text{"Kills soon after starts, and lives that got past it and came down."},
		LooksLike:   []data.Text{"A limit that is too low: memory stays up after the start.", "A rush of requests: connections are far above the usual."},
		Now:         []data.Text{"Set the recommended limit; the request may stay at what running takes."},
		ForGood:     []data.Text{"Load less at the start, or piece by piece; start replicas one after the other."},
	},
	NodePressure: {
		Explanation: "The node ran out, not the container. What the pods of the node request is less than what they use.",
		Needs:       []data.Text{"A container without a limit, events of the node, others killed with it, or a level far below the limit and far above the request."},
		LooksLike:   []data.Text{"A sudden spike: some samples leave the usual level even when nothing is killed."},
		Now:         []data.Text{"Raise the request to what it really uses; move pods to other nodes."},
		ForGood:     []data.Text{"Give every container on the node a request near its use, and watch what nodes have promised."},
	},
	UnknownCause: {
		Explanation: "What was seen does not tell one cause from another, so the size below is a first step and no cure.",
		Now:         []data.Text{"Take the recommended size as a first step and look again after a day."},
		ForGood:     []data.Text{"Connect a Prometheus that scrapes the kubelets every 10 to 30 seconds and keeps two weeks or more."},
	},
}
