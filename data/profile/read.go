package profile

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"

	pprof "github.com/google/pprof/profile"

	"github.com/oomedic/oomedic/data"
)

// MaxBytes bounds a profile, as it comes and unpacked: 200 MiB. One of a large service has a few. Reading takes about
// six times as much memory for as long as it lasts.
const MaxBytes = 200 << 20

// ErrTooLarge says that a profile is larger than MaxBytes.
var ErrTooLarge = errors.New("the profile is larger than 200Mi")

// ErrNotAProfile says that what came is something else than a profile of the kind that was asked for.
var ErrNotAProfile = errors.New("not a profile")

// Read reads a profile in the format of package runtime/pprof, packed by gzip or not, from r. An error wraps
// ErrTooLarge or ErrNotAProfile, or is that of r, such as io.ErrUnexpectedEOF for a connection that was cut; it then
// says after how many bytes.
func Read(r io.Reader, kind data.ProfileKind) (*data.MemoryProfile, error) {
	raw, err := all(r)
	if err != nil {
		return nil, err
	}
	size := int64(len(raw))
	if raw, err = unpacked(raw); err != nil {
		return nil, err
	}
	p, err := parse(raw)
	if err != nil {
		return nil, err
	}
	out, err := summary(p, kind)
	if err != nil {
		return nil, err
	}
	out.Size = size
	return out, nil
}

// all reads r to its end, within the bound.
func all(r io.Reader) ([]byte, error) {
	var b bytes.Buffer
	n, err := b.ReadFrom(io.LimitReader(r, MaxBytes+1))
	switch {
	case n > MaxBytes:
		return nil, ErrTooLarge
	case err != nil:
		return nil, fmt.Errorf("the profile was cut after %s: %w", data.HumanBytes(float64(n)), err)
	case n == 0:
		return nil, fmt.Errorf("%w: the answer is empty", ErrNotAProfile)
	}
	return b.Bytes(), nil
}

// unpacked takes off gzip, within the bound.
func unpacked(raw []byte) ([]byte, error) {
	if len(raw) < 2 || raw[0] != 0x1f || raw[1] != 0x8b {
		return raw, nil
	}
	z, err := gzip.NewReader(bufio.NewReader(bytes.NewReader(raw)))
	if err != nil {
		return nil, fmt.Errorf("%w: its gzip is damaged: %w", ErrNotAProfile, err)
	}
	var b bytes.Buffer
	n, err := b.ReadFrom(io.LimitReader(z, MaxBytes+1))
	switch {
	case n > MaxBytes:
		return nil, fmt.Errorf("%w once it is unpacked", ErrTooLarge)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, fmt.Errorf("the profile was cut after %s: %w", data.HumanBytes(float64(len(raw))), err)
	case err != nil:
		return nil, fmt.Errorf("%w: its gzip is damaged: %w", ErrNotAProfile, err)
	}
	return b.Bytes(), nil
}

// parse decodes the protobuf. The library is used on bytes from outside, so a panic of it is an error here.
func parse(raw []byte) (p *pprof.Profile, err error) {
	defer func() {
		if r := recover(); r != nil {
			p, err = nil, fmt.Errorf("%w: it cannot be decoded", ErrNotAProfile)
		}
	}()
	if p, err = pprof.ParseUncompressed(raw); err != nil {
		return nil, fmt.Errorf("%w: %s", ErrNotAProfile, data.Clean(err.Error()))
	}
	if err := p.CheckValid(); err != nil {
		return nil, fmt.Errorf("%w: %s", ErrNotAProfile, data.Clean(err.Error()))
	}
	return p, nil
}
