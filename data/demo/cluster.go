package demo

import (
	"fmt"
	"math"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// cluster is the simulation: the controllers and kubelets, and the clock they go by.
type cluster struct {
	api    *apiServer
	seed   uint64
	origin time.Time // the start
	now    time.Time
	speed  float64
	owners []*owner
	past   []*pod // pods that were gone before the start and live on in the series
	writes []write
}

// write is what a client did to the cluster since the last tick.
type write struct {
	gvr         schema.GroupVersionResource
	old, stored runtime.Object
}

// newCluster builds the scenario as it stands at origin and stores its objects.
func newCluster(api *apiServer, seed uint64, origin time.Time, speed float64) (*cluster, error) {
	c := &cluster{api: api, seed: seed, origin: origin, now: origin, speed: speed}
	if err := c.furnish(); err != nil {
		return nil, err
	}
	for _, w := range scenario() {
		w.group = mix(hashString(w.namespace+"/"+w.name), seed)
		o, err := c.newOwner(&w)
		if err != nil {
			return nil, err
		}
		c.owners = append(c.owners, o)
		if err := c.populate(o); err != nil {
			return nil, err
		}
	}
	api.written = func(gvr schema.GroupVersionResource, old, stored runtime.Object) {
		c.writes = append(c.writes, write{gvr, old, stored})
	}
	return c, nil
}

// newOwner makes the owner of w, its revisions and its object.
func (c *cluster) newOwner(w *workload) (*owner, error) {
	if w.kind == kindCronJob {
		w.schedule = fmt.Sprintf("0 %d * * *", nightRun(c.origin).Hour())
	}
	o := &owner{w: w, gvr: gvrOf(w.kind), uid: uuid(w.group), template: w.template(), replicas: w.replicas, observed: 1, sets: map[string]string{}}
	hash, err := templateHash(w, &o.template)
	if err != nil {
		return nil, err
	}
	o.hash, o.stable = hash, hash
	if w.earlier > 0 {
		o.observed = 2
	}
	if err := c.api.put(o.gvr, o.object(c.origin)); err != nil {
		return nil, fmt.Errorf("build %s/%s: %w", w.namespace, w.name, err)
	}
	return o, nil
}

// populate makes the pods of o as they came through their history, and stores what is left of them.
func (c *cluster) populate(o *owner) error {
	if o.w.kind == kindCronJob {
		return c.pastJobs(o)
	}
	if o.w.earlier > 0 {
		if err := c.populateEarlier(o); err != nil {
			return err
		}
	}
	if o.w.kind == kindDeployment {
		o.sets[o.hash] = uuid(mix(hashString(o.hash), o.w.group))
	}
	created := c.origin.Add(-o.w.age)
	for i := range int(o.w.replicas) {
		p := o.newPod(c.seed, o.hash, &o.template, i, created.Add(time.Duration(i)*5*time.Second))
		c.live(p)
		o.pods = append(o.pods, p)
		if err := c.api.put(podsGVR, p.object(c.origin)); err != nil {
			return fmt.Errorf("build %s/%s: %w", o.w.namespace, o.w.name, err)
		}
	}
	for hash := range o.sets {
		from, template := created, o.template
		if hash != o.hash {
			from = c.origin.Add(-o.w.earlier)
			template.Spec = *o.template.Spec.DeepCopy()
			template.Spec.Containers[0].Image += "-rc1"
		}
		if err := c.api.put(replicaSetsGVR, o.replicaSet(hash, template, from, c.origin)); err != nil {
			return fmt.Errorf("build %s/%s: %w", o.w.namespace, o.w.name, err)
		}
	}
	if err := c.writeStatus(o); err != nil {
		return err
	}
	return c.tellEvents(o)
}

// populateEarlier makes the pods of the template before today's, which were replaced in the rollout of today's.
func (c *cluster) populateEarlier(o *owner) error {
	template := *o.template.DeepCopy()
	template.Spec.Containers[0].Image += "-rc1"
	hash, err := templateHash(o.w, &template)
	if err != nil {
		return err
	}
	o.sets[hash] = uuid(mix(hashString(hash), o.w.group))
	for i := range int(o.w.replicas) {
		p := o.newPod(c.seed, hash, &template, i, c.origin.Add(-o.w.earlier))
		p.gone = c.origin.Add(-o.w.age + time.Duration(i)*5*time.Second)
		p.lives, p.children, _ = p.livesOf(c.origin)
		c.past = append(c.past, p)
	}
	return nil
}

// live runs the history of p and makes its present of it. The second replica of a workload with a memory volume came
// later than the first, so that one of them is well.
func (c *cluster) live(p *pod) {
	if p.w.shm != "" && p.replica > 0 {
		p.created = p.created.Add(16 * time.Hour)
	}
	var pauses backoff
	p.lives, p.children, pauses = p.livesOf(c.origin)
	if p.w.live && p.w.due > 0 {
		pauses = c.settle(p, pauses)
	}
	p.inherit(c.origin, pauses)
}

// settle moves the creation of p until its running instance will be killed when it is due, and returns the pauses of
// the history that comes of it. What a program wants depends on the hour a little, so each move changes the lives a
// little too, and the closest of some tries is taken.
func (c *cluster) settle(p *pod, pauses backoff) backoff {
	best, bestOff, bestPauses := *p, time.Duration(math.MaxInt64), pauses
	for range settleTries {
		off, ok := c.early(p)
		if !ok {
			break
		}
		if off.Abs() < bestOff {
			best, bestOff, bestPauses = *p, off.Abs(), pauses
		}
		if bestOff <= settleWithin {
			break
		}
		p.created = p.created.Add(time.Duration(float64(off) * c.speed))
		p.lives, p.children, pauses = p.livesOf(c.origin)
	}
	*p = best
	return bestPauses
}

// The tries of settle, and how far beside its time a kill may come.
const (
	settleTries  = 24
	settleWithin = 3 * time.Second
)

// early returns how much too early after the start the running instance of p will be killed, as somebody will watch
// it, and false when it will not be.
func (c *cluster) early(p *pod) (time.Duration, bool) {
	l := p.lives[len(p.lives)-1]
	if !l.end.IsZero() {
		return 0, false
	}
	limit, start := float64(p.limit()), c.origin.Sub(l.start).Hours()
	for watched := tickEvery; watched.Hours()*c.speed < history.Hours(); watched += tickEvery {
		ran := watched.Hours() * c.speed
		u := p.w.demand(moment{
			age: start + ran, clock: hours(c.origin) + ran, origin: hours(c.origin), watched: watched.Seconds(),
			key: p.key, group: p.w.group, life: l.n, shm: l.shm, limit: limit,
		})
		if u.set > limit {
			span := time.Duration((start + ran) / c.speed * float64(time.Hour))
			due := p.w.due + span*time.Duration(p.replica)/time.Duration(p.w.replicas)
			return due - watched, true
		}
	}
	return 0, false
}

// tick advances the simulation by d, which is a second or less.
func (c *cluster) tick(d time.Duration) error {
	c.now = c.now.Add(d)
	if err := c.heed(); err != nil {
		return err
	}
	clock := c.clock()
	for _, o := range c.owners {
		for _, p := range o.pods {
			if !p.tick(c.now, d, c.speed, clock) {
				continue
			}
			o.dirty = true
			if err := c.api.put(podsGVR, p.object(c.now)); err != nil {
				return err
			}
		}
		if err := c.reconcile(o); err != nil {
			return err
		}
	}
	return nil
}

// clock returns the clocks of demand now.
func (c *cluster) clock() demandClock {
	watched := c.now.Sub(c.origin)
	return demandClock{plain: hours(c.now), fast: hours(c.origin) + watched.Hours()*c.speed, origin: hours(c.origin), watched: watched.Seconds()}
}
