// Package scale measures the built program on a real kube-apiserver that holds many pods, next to kubectl and to a plain
// typed list on the same server. It needs the build tag scale; "make bench-scale" runs it.
package scale
