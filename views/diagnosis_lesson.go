package views

// lessons say how OOM kills work, a lesson a step, for whoever meets one for the first time. Sources: the kernel's
// Documentation/admin-guide/cgroup-v2.rst (memory.max, memory.current, memory.stat), signal(7), and the Kubernetes pages
// "Resource Management for Pods and Containers" and "Pod Quality of Service Classes".
var lessons = [5][]string{
	{
		"A container runs in a cgroup of the Linux kernel, which counts its memory. When it wants a page beyond its limit and nothing can be taken back, the kernel picks a process in that cgroup and ends it.",
		"The signal is SIGKILL, number 9: no program can catch it, so its own log says nothing. A process that a signal ended exits with 128 + its number, hence exit code 137.",
		"137 alone proves nothing: a failed liveness probe or a pod that was too slow to stop ends in SIGKILL too. What tells them apart is the reason OOMKilled, which the container runtime reads from the cgroup.",
	},
	{
		"The request is a promise to the scheduler: so much memory is kept free for the container on its node. The limit is a wall in the kernel: beyond it the container is killed, however empty the node is.",
		"Request and limit together make the pod's class. Guaranteed (both equal) is killed last when the node itself runs out, BestEffort (neither) first.",
		"A limit far above the request lets many containers share a node's memory. It works until they all need it at once.",
	},
	{
		"What counts is the working set: all memory of the cgroup without the file cache that the kernel can drop at once. It is what kubectl top shows, and what is held against the limit.",
		"A percentile says what the container stays below for so much of the time: p99 is exceeded one time in a hundred. A limit is sized from p99 or the maximum, a request from the mean.",
		"Samples are taken every 15 to 60 seconds. A peak that lasts a second is seen by the kernel and seldom by Prometheus; so the last sample before a kill is often well below the limit.",
	},
	{
		"A leak never levels off: memory rises after each start until it meets the limit, whatever that is. A larger limit only makes the teeth of the saw longer.",
		"A limit that is too low looks otherwise: memory climbs after the start, levels off near the limit and stays there, and a busy hour does the rest. A larger limit cures that.",
		"Caches, heaps of Java or Node and files in memory-backed volumes rise like leaks and end at a bound of their own. If that bound is above the limit, the bound is to be set, not the limit.",
	},
	{
		"The limit is what it needs at its highest, plus room for what was not seen. The request is what it needs usually: it decides what the node must keep free, and so what it costs.",
		"Too much room costs money and hides a leak; too little costs kills. Databases get more room than web servers, because their restart is worse.",
		"Changing the template restarts the pods, one after the other. Newer clusters can raise a running container's limit in place.",
	},
}

// layLesson writes how the step's matter works.
func layLesson(s *sheet, step int) {
	s.heading("How it works (w hides this)")
	for _, text := range lessons[step] {
		s.prose(3, s.t.Text, text)
	}
}
