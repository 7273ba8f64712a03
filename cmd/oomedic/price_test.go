package main

import (
	"testing"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/oomedic/oomedic/analysis"
)

func TestPriceFlags(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		price string
		month float64
		want  float64
		from  string
	}{
		{"", analysis.DefaultPrice.PerGiBMonth, 3.09, "opencost default"},
		{"", 4, 4, "--price-gib-month"},
		{"fargate", 4, 3.24, "AWS Fargate list price, Linux/x86, us-east-1"},
		{"GKE-Autopilot", analysis.DefaultPrice.PerGiBMonth, 3.59, "GKE Autopilot list price, us-central1"},
		{"2.5", analysis.DefaultPrice.PerGiBMonth, 2.5, "--price"},
		{"$0", analysis.DefaultPrice.PerGiBMonth, 0, "--price"},
		{"fargates", 3, -1, ""},
		{"-1", 3, -1, ""},
		{"NaN", 3, -1, ""},
		{"", -1, -1, ""},
	} {
		o := newOptions(genericiooptions.IOStreams{})
		o.priceText, o.priceGiBMonth = x.price, x.month
		err := o.choosePrice()
		if x.want < 0 {
			if err == nil {
				t.Errorf("%q, %v: no error, price %+v", x.price, x.month, o.price)
			}
			continue
		}
		if err != nil || o.price.PerGiBMonth != x.want || o.price.From.String() != x.from {
			t.Errorf("%q, %v: %+v, %v", x.price, x.month, o.price, err)
		}
	}
}
