package kube

import (
	"encoding/binary"
	"errors"

	corev1 "k8s.io/api/core/v1"
)

// Numbers of the fields that are walked, from the generated.proto files of k8s.io/api/core/v1 and of
// k8s.io/apimachinery/pkg/apis/meta/v1. Numbers of a released message never change.
const (
	podMetadata, podStatus = 1, 3

	metaName, metaNamespace, metaUID = 1, 3, 5

	statusContainers, statusInitContainers, statusEphemeralContainers = 8, 10, 13

	containerState, containerLastState = 2, 3

	stateWaiting, stateTerminated = 1, 3

	waitingReason, waitingMessage = 1, 2

	terminatedExitCode, terminatedReason, terminatedMessage = 1, 3, 4
)

// Wire types of protobuf.
const (
	wireVarint = 0
	wireFixed8 = 1
	wireBytes  = 2
	wireFixed4 = 5
)

// errWire says that bytes are no protobuf message.
var errWire = errors.New("the protobuf message is malformed")

// walkedPod is what the walk reads of a pod: who it is, and whether a container of it is suspect. The slices are parts
// of the walked bytes.
type walkedPod struct {
	namespace, name, uid []byte
	suspect              bool
}

// walkPod reads a corev1.Pod from its protobuf bytes and skips whatever does not matter: a pod that merely runs, which
// nearly every pod does, costs a microsecond or two where a full decoding costs a hundred. A pod that is suspect is
// decoded in full afterwards, so the walk decides one thing alone, and by the same function as decode. Like the
// generated decoder it takes the last value of a field that comes twice, and merges messages that come twice.
func walkPod(b []byte) (p walkedPod, err error) {
	err = eachField(b, func(num int, v []byte, _ uint64) error {
		switch num {
		case podMetadata:
			return eachField(v, func(num int, v []byte, _ uint64) error {
				switch num {
				case metaName:
					p.name = v
				case metaNamespace:
					p.namespace = v
				case metaUID:
					p.uid = v
				}
				return nil
			})
		case podStatus:
			return walkStatus(v, &p)
		}
		return nil
	})
	return p, err
}

// walkStatus looks through the statuses of all containers of a corev1.PodStatus.
func walkStatus(b []byte, p *walkedPod) error {
	return eachField(b, func(num int, v []byte, _ uint64) error {
		switch num {
		case statusContainers, statusInitContainers, statusEphemeralContainers:
			found, err := walkContainer(v)
			p.suspect = p.suspect || found
			return err
		}
		return nil
	})
}

// walkContainer reports whether a corev1.ContainerStatus is suspect.
func walkContainer(b []byte) (bool, error) {
	var now, last walkedEnd
	var waits walkedWait
	err := eachField(b, func(num int, v []byte, _ uint64) error {
		end := &now
		switch num {
		case containerState:
		case containerLastState:
			end = &last
		default:
			return nil
		}
		return eachField(v, func(num int, v []byte, _ uint64) error {
			switch {
			case num == stateTerminated:
				end.there = true
				return end.walk(v)
			case num == stateWaiting && end == &now:
				return waits.walk(v)
			}
			return nil
		})
	})
	return now.suspect() || last.suspect() || waits.suspect(), err
}

// walkedEnd is what tells of a corev1.ContainerStateTerminated whether it is suspect.
type walkedEnd struct {
	there           bool
	exitCode        int32
	reason, message []byte
}

// walk reads the fields; what was read before stays where b has nothing.
func (e *walkedEnd) walk(b []byte) error {
	return eachField(b, func(num int, v []byte, n uint64) error {
		switch num {
		case terminatedExitCode:
			e.exitCode = int32(n) //nolint:gosec // the wire has a negative int32 as a 64-bit number
		case terminatedReason:
			e.reason = v
		case terminatedMessage:
			e.message = v
		}
		return nil
	})
}

// suspect asks the one rule that decode has.
func (e *walkedEnd) suspect() bool {
	if !e.there {
		return false
	}
	return suspect(&corev1.ContainerStateTerminated{ExitCode: e.exitCode, Reason: string(e.reason), Message: string(e.message)})
}

// walkedWait is what tells of a corev1.ContainerStateWaiting whether it is suspect.
type walkedWait struct{ reason, message []byte }

// walk reads the fields; what was read before stays where b has nothing.
func (w *walkedWait) walk(b []byte) error {
	return eachField(b, func(num int, v []byte, _ uint64) error {
		switch num {
		case waitingReason:
			w.reason = v
		case waitingMessage:
			w.message = v
		}
		return nil
	})
}

// suspect asks the one rule that decode has.
func (w *walkedWait) suspect() bool {
	return string(w.reason) == reasonNotCreated && createOOM(&corev1.ContainerStateWaiting{Reason: reasonNotCreated, Message: string(w.message)})
}

// eachField hands the fields of a message to take in their order: a length-delimited one as v, a number as n. Groups,
// which Kubernetes does not use, are an error.
func eachField(b []byte, take func(num int, v []byte, n uint64) error) error {
	for len(b) > 0 {
		tag, n := binary.Uvarint(b)
		if n <= 0 || tag>>3 == 0 || tag>>3 > 1<<29-1 {
			return errWire
		}
		b = b[n:]
		var v []byte
		var value uint64
		switch tag & 7 {
		case wireVarint:
			if value, n = binary.Uvarint(b); n <= 0 {
				return errWire
			}
			b = b[n:]
		case wireBytes:
			size, n := binary.Uvarint(b)
			if n <= 0 || size > uint64(len(b)-n) {
				return errWire
			}
			v, b = b[n:n+int(size)], b[n+int(size):] //nolint:gosec // size is at most len(b)
		case wireFixed8, wireFixed4:
			size := 4
			if tag&7 == wireFixed8 {
				size = 8
			}
			if len(b) < size {
				return errWire
			}
			b = b[size:]
		default:
			return errWire
		}
		if err := take(int(tag>>3), v, value); err != nil { //nolint:gosec // below 2^29
			return err
		}
	}
	return nil
}
