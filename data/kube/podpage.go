package kube

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes/scheme"
)

// Bounds of what is read from a server that may send anything.
const (
	// maxPodBytes is how large one pod may be. etcd refuses more than 1.5 MiB by default; this leaves room for raised limits.
	maxPodBytes = 16 << 20
	// maxPageBytes is how large a page may be that is not protobuf and must be read whole.
	maxPageBytes = 256 << 20
	// readAhead is the buffer between the connection and the walk.
	readAhead = 64 << 10
)

// Numbers of fields of runtime.Unknown, PodList and ListMeta in their generated.proto files.
const (
	unknownRaw                = 2
	listMetadata, listItems   = 1, 2
	listVersion, listContinue = 2, 3
	listRemaining             = 4
)

// protobufMagic begins every protobuf object of Kubernetes.
var protobufMagic = []byte("k8s\x00")

// errCut says that a list ended before its time.
var errCut = errors.New("the list was cut off in the middle")

// podPage is what stands around the pods of a page.
type podPage struct {
	version, next string
	remaining     int64 // pods that follow on later pages; 0 when the server does not tell
}

// podReader reads a page of pods. The one buffer for a pod is used again for the next, and by the next page.
type podReader struct {
	in   *bufio.Reader
	left int64 // bytes of the list that are still to come
	buf  []byte
	// walked takes a pod of the protobuf wire. raw holds until it returns.
	walked func(raw []byte) error
	// decoded takes a pod of a server or proxy that answered in JSON.
	decoded func(*corev1.Pod)
}

// read reads a page from r to its end, pod by pod as they come: memory is that of the largest pod. The error is errCut
// when the page ends too early.
func (p *podReader) read(r io.Reader) (podPage, error) {
	if p.in == nil {
		p.in = bufio.NewReaderSize(r, readAhead)
	}
	p.in.Reset(r)
	head, err := p.in.Peek(len(protobufMagic))
	if !bytes.Equal(head, protobufMagic) {
		return p.whole(err)
	}
	if _, err := p.in.Discard(len(protobufMagic)); err != nil {
		return podPage{}, cut(err)
	}
	p.left = 1 << 62
	for {
		num, size, err := p.field()
		switch {
		case errors.Is(err, io.EOF):
			return podPage{}, errCut // before the list
		case err != nil:
			return podPage{}, cut(err)
		case num == unknownRaw:
			p.left = size
			out, err := p.list()
			return out, cut(err)
		}
		if err := p.skip(size); err != nil {
			return podPage{}, cut(err)
		}
	}
}

// list reads a PodList of p.left bytes.
func (p *podReader) list() (out podPage, err error) {
	for p.left > 0 {
		num, size, err := p.field()
		if err != nil {
			return out, err
		}
		if num != listItems && num != listMetadata {
			if err := p.skip(size); err != nil {
				return out, err
			}
			continue
		}
		raw, err := p.bytes(size)
		if err != nil {
			return out, err
		}
		if num == listItems {
			if err := p.walked(raw); err != nil {
				return out, err
			}
			continue
		}
		err = eachField(raw, func(num int, v []byte, n uint64) error {
			switch num {
			case listVersion:
				out.version = string(v)
			case listContinue:
				out.next = string(v)
			case listRemaining:
				out.remaining = int64(n) //nolint:gosec // an int64 on the wire
			}
			return nil
		})
		if err != nil {
			return out, err
		}
	}
	return out, nil
}

// field reads the head of a field: its number and how many bytes its value has. All fields of a list and of what it is
// wrapped in are length-delimited, but for those that later versions may add.
func (p *podReader) field() (num int, size int64, err error) {
	tag, err := p.uvarint()
	if err != nil {
		return 0, 0, err
	}
	switch tag & 7 {
	case wireVarint:
		_, err = p.uvarint()
		return int(tag >> 3), 0, err //nolint:gosec // compared with small numbers alone
	case wireFixed8:
		return int(tag >> 3), 8, nil //nolint:gosec // as above
	case wireFixed4:
		return int(tag >> 3), 4, nil //nolint:gosec // as above
	case wireBytes:
		n, err := p.uvarint()
		if err == nil && n > uint64(max(p.left, 0)) {
			err = errWire
		}
		return int(tag >> 3), int64(n), err //nolint:gosec // at most p.left
	}
	return 0, 0, errWire
}

// uvarint reads a number and takes its bytes off p.left.
func (p *podReader) uvarint() (uint64, error) {
	return binary.ReadUvarint(byteCounter{p})
}

// byteCounter takes each byte that is read off what is left.
type byteCounter struct{ p *podReader }

// ReadByte implements io.ByteReader.
func (c byteCounter) ReadByte() (byte, error) {
	b, err := c.p.in.ReadByte()
	if err == nil {
		c.p.left--
	}
	return b, err
}

// bytes reads size bytes into the one buffer.
func (p *podReader) bytes(size int64) ([]byte, error) {
	if size > maxPodBytes {
		return nil, fmt.Errorf("a pod of %d bytes is more than any server stores", size)
	}
	if int64(cap(p.buf)) < size {
		p.buf = make([]byte, size+size/4)
	}
	b := p.buf[:size]
	n, err := io.ReadFull(p.in, b)
	p.left -= int64(n)
	return b, err
}

// skip drops size bytes.
func (p *podReader) skip(size int64) error {
	n, err := io.CopyN(io.Discard, p.in, size)
	p.left -= n
	return err
}

// cut makes errCut of an end that came too early.
func cut(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errCut
	}
	return err
}

// whole reads a page that is not protobuf: some proxies answer in JSON whatever is asked for.
func (p *podReader) whole(peeked error) (podPage, error) {
	if peeked != nil && !errors.Is(peeked, io.EOF) {
		return podPage{}, cut(peeked)
	}
	b, err := io.ReadAll(io.LimitReader(p.in, maxPageBytes+1))
	switch {
	case err != nil:
		return podPage{}, cut(err)
	case len(b) > maxPageBytes:
		return podPage{}, fmt.Errorf("the server sent more than %d MiB where a page of pods was asked for", maxPageBytes>>20)
	case len(bytes.TrimSpace(b)) == 0:
		return podPage{}, errCut
	}
	var l corev1.PodList
	switch got, _, err := scheme.Codecs.UniversalDeserializer().Decode(b, nil, &l); {
	case err != nil:
		return podPage{}, fmt.Errorf("the answer is no list of pods: %w", err)
	case got != &l:
		return podPage{}, fmt.Errorf("the answer is no list of pods: %T", got)
	}
	for i := range l.Items {
		p.decoded(&l.Items[i])
	}
	out := podPage{version: l.ResourceVersion, next: l.Continue}
	if l.RemainingItemCount != nil {
		out.remaining = *l.RemainingItemCount
	}
	return out, nil
}
