package kube

import (
	"context"

	"github.com/oomedic/oomedic/data"
)

// ReadOnlyTransport is the transport of a client that may not write.
var ReadOnlyTransport = readOnlyTransport

// FirstLook puts what the Tables of a namespace, "" for all, lead to into st.
func (c *Client) FirstLook(ctx context.Context, st *data.Store, ns string) {
	c.paintFirst(ctx, st, ns, func(s slim) { st.Put(*s.pod) })
}
