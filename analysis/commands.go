package analysis

import "github.com/oomedic/oomedic/data"

// commandsFor returns the commands that confirm, fix, verify and profile by hand.
func commandsFor(c *data.Container, r *Recommendation, rt data.Text) Commands {
	field, heading := "lastState.terminated", "Last State"
	if c.Last == nil && c.Current != nil {
		field, heading = "state.terminated", "State:"
	}
	out := Commands{
		Confirm: []data.Text{
			statusCommand(c, field+".reason"),
			statusCommand(c, field+".exitCode"),
			data.Clean(podCommand(c, "describe") + " | grep -A 5 '" + heading + "'"),
		},
		Fix:     data.SetResourcesCommand(c.Workload, c.Key.Container, data.Resources{Limit: r.Limit, Request: r.Request}),
		Profile: profileCommands(c, rt),
	}
	if ref := c.Workload.Ref(); ref != "" && hasRollout(c.Workload.Kind) {
		out.Verify = append(out.Verify, data.Textf("kubectl rollout status %s%s", data.ShellQuote(ref), inNamespace(c.Workload.Namespace)))
	}
	out.Verify = append(out.Verify, data.Textf("kubectl get pods%s --watch", inNamespace(c.Key.Namespace)))
	return out
}

// hasRollout reports whether kubectl rollout status knows the kind.
func hasRollout(kind data.Text) bool {
	return kind == "Deployment" || kind == "StatefulSet" || kind == "DaemonSet"
}

// profileCommands returns the commands that show what a runtime's memory is made of. Take them at about 80% of the
// limit: a dump pauses the program, needs memory and room itself, and may hold secrets.
func profileCommands(c *data.Container, rt data.Text) []data.Text {
	ns, pod, ctr := inNamespace(c.Key.Namespace), data.ShellQuote(c.Key.Pod), data.ShellQuote(c.Key.Container)
	exec := "kubectl exec" + ns + " " + pod + " -c " + ctr + " -- "
	debug := data.Clean("kubectl debug" + ns + " " + pod + " -it --image=busybox --target=" + ctr + " --profile=general -- sh")
	text := func(lines ...string) []data.Text {
		out := make([]data.Text, len(lines))
		for i, l := range lines {
			out[i] = data.Clean(l)
		}
		return out
	}
	switch rt {
	case "go":
		return text("kubectl port-forward"+ns+" "+pod+" 6060:6060",
			"go tool pprof -http=: http://localhost:6060/debug/pprof/heap",
			"curl -so heap-1.pb.gz http://localhost:6060/debug/pprof/heap",
			"go tool pprof -http=: -base heap-1.pb.gz http://localhost:6060/debug/pprof/heap")
	case "java":
		return text(exec+"jcmd 1 GC.heap_info", exec+"jcmd 1 GC.class_histogram", exec+"jcmd 1 GC.heap_dump /tmp/heap.hprof",
			"kubectl cp"+ns+" -c "+ctr+" "+pod+":/tmp/heap.hprof ./heap.hprof")
	case "node":
		return text(exec+"kill -USR1 1", "kubectl port-forward"+ns+" "+pod+" 9229:9229",
			"open chrome://inspect in Chrome, and take two heap snapshots hours apart")
	case "python":
		return text(exec+"memray attach --aggregate -o /tmp/mem.bin 1", "kubectl cp"+ns+" -c "+ctr+" "+pod+":/tmp/mem.bin ./mem.bin", "memray flamegraph mem.bin")
	case "dotnet":
		return text(exec+"dotnet-gcdump collect -p 1 -o /tmp/heap.gcdump", "kubectl cp"+ns+" -c "+ctr+" "+pod+":/tmp/heap.gcdump ./heap.gcdump")
	case "ruby":
		return text(exec+"rbtrace -p 1 -e 'require \"objspace\"; ObjectSpace.dump_all(output: File.open(\"/tmp/heap.json\", \"w\"))'",
			"kubectl cp"+ns+" -c "+ctr+" "+pod+":/tmp/heap.json ./heap.json")
	}
	return []data.Text{data.Clean("kubectl top pod" + ns + " " + pod + " --containers"), data.Clean(exec + "cat /proc/1/smaps_rollup"), debug}
}

// runtimeAdvice returns what the runtime's own settings can do, with numbers for the limit that was hit.
func runtimeAdvice(f *facts) []data.Text {
	if f.hit == nil {
		return nil
	}
	limit := float64(*f.hit)
	switch f.rt {
	case "go":
		if b := goLimit(f.c); b != nil {
			if b.bytes >= limit {
				return []data.Text{data.Textf("%s is not below the limit, so it has no effect: set it to 90%% of the limit.", b.setting)}
			}
			return nil
		}
		return []data.Text{"Set GOMEMLIMIT to 90% of the limit: the collector then works harder before the kernel kills. It does not stop a leak."}
	case "node":
		if b := nodeHeap(f.c); b != nil {
			if b.bytes >= jvmShareOfLimit*limit {
				return []data.Text{data.Textf("%s leaves no room under the limit: set it to about 75%% of the limit.", b.setting)}
			}
			return nil
		}
		return []data.Text{"Set NODE_OPTIONS=--max-old-space-size to about 75% of the limit in MiB, so that V8 collects in time."}
	case "python":
		return []data.Text{"Multiply by the workers: each has its own memory. Recycle them after a number of requests."}
	case "dotnet":
		return []data.Text{"DOTNET_gcServer=0 takes less memory on nodes with many cores."}
	case "ruby":
		return []data.Text{"MALLOC_ARENA_MAX=2, or jemalloc, keeps Ruby from holding memory in fragments."}
	}
	return nil
}
