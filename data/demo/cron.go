package demo

import (
	"fmt"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// batchTakes is how long a run of the batch lasts when nothing kills it.
const batchTakes = 40 * time.Minute

// keptJobs is how many finished Jobs a CronJob keeps of those that succeeded, and of those that failed.
const keptJobs = 3

// job is one run of a CronJob.
type job struct {
	name, uid string
	at        time.Time
	pod       *pod
	told      bool // its end is in the Job's status
}

// failed reports whether the run ended and did not complete.
func (j *job) failed() bool {
	return j.pod.done && j.pod.run.current.Reason != reasonCompleted
}

// newJob makes a run of the CronJob o with its template at a time.
func (c *cluster) newJob(o *owner, at time.Time) *job {
	name := fmt.Sprintf("%s-%d", o.w.name, at.Unix()/60)
	j := &job{name: name, uid: uuid(mix(hashString(name), c.seed)), at: at}
	p := o.newPod(c.seed, name, &o.template, 0, at)
	p.name, p.job = name+"-"+generatedName(p.key, 5), true
	yes := true
	p.owner = metav1.OwnerReference{APIVersion: "batch/v1", Kind: "Job", Name: name, UID: types.UID(j.uid), Controller: &yes, BlockOwnerDeletion: &yes}
	p.labels = labelsFor(o.w, "batch.kubernetes.io/job-name", name)
	p.labels["job-name"] = name
	p.node = nodeNames[p.key%uint64(len(nodeNames))]
	p.spec.NodeName = p.node
	j.pod = p
	return j
}

// nightRun returns when the newest run of a nightly CronJob began: at two, or at eleven in the evening when a run from
// two o'clock would be going on at origin or be just over.
func nightRun(origin time.Time) time.Time {
	newest := origin.UTC().Truncate(day).Add(2 * time.Hour)
	switch since := origin.Sub(newest); {
	case since < 0:
		return newest.Add(-day)
	case since < 2*time.Hour:
		return newest.Add(-3 * time.Hour)
	}
	return newest
}

// pastJobs makes the runs of the nights before the start, and stores those that a CronJob keeps.
func (c *cluster) pastJobs(o *owner) error {
	newest := nightRun(c.origin)
	o.nextRun = newest.Add(day)
	for n := int(history/day) - 1; n >= 0; n-- {
		j := c.newJob(o, newest.Add(-time.Duration(n)*day))
		for n == 0 && unit(j.pod.key^0x91, 0) < 0.7 { // the newest run fails, so that there is something to see
			j.pod.key = mix(j.pod.key, 1)
		}
		c.finish(j)
		o.jobs = append(o.jobs, j)
	}
	for _, j := range o.pruned() {
		j.pod.gone = j.at.Add(5 * day)
		c.past = append(c.past, j.pod)
	}
	for _, j := range o.jobs {
		if err := c.storeJob(o, j); err != nil {
			return err
		}
	}
	return nil
}

// finish runs the whole of a past job.
func (c *cluster) finish(j *job) {
	p := j.pod
	l := life{start: j.at.Add(startTakes)}
	var shm float64
	p.endOf(&l, l.start.Add(batchTakes), c.origin, &shm)
	if l.end.IsZero() {
		l.end, l.reason = l.start.Add(batchTakes), reasonCompleted
	}
	p.lives = []life{l}
	p.run = container{life: l, current: l.terminated(p.containerID(0))}
	p.done, j.told = true, true
}

// pruned takes the finished runs that are beyond keptJobs out of o and returns them.
func (o *owner) pruned() []*job {
	var keep, gone []*job
	succeeded, failed := 0, 0
	for i := len(o.jobs) - 1; i >= 0; i-- {
		j := o.jobs[i]
		n := &succeeded
		if j.failed() {
			n = &failed
		}
		if j.pod.done {
			*n++
		}
		if j.pod.done && *n > keptJobs {
			gone = append(gone, j)
		} else {
			keep = append([]*job{j}, keep...)
		}
	}
	o.jobs = keep
	o.pods = nil
	for _, j := range keep {
		o.pods = append(o.pods, j.pod)
	}
	return gone
}

// storeJob stores the Job and the pod of a run.
func (c *cluster) storeJob(o *owner, j *job) error {
	if err := c.api.put(jobsGVR, o.jobObject(j)); err != nil {
		return err
	}
	return c.api.put(podsGVR, j.pod.object(c.now))
}

// runJobs starts a run when it is due, follows those that run, and prunes.
func (c *cluster) runJobs(o *owner) error {
	if !c.now.Before(o.nextRun) {
		j := c.newJob(o, o.nextRun)
		o.nextRun = o.nextRun.Add(day)
		o.jobs, o.pods = append(o.jobs, j), append(o.pods, j.pod)
		if err := c.storeJob(o, j); err != nil {
			return err
		}
	}
	for _, j := range o.jobs {
		if j.told || !j.pod.done {
			continue
		}
		j.told = true
		if err := c.storeJob(o, j); err != nil {
			return err
		}
		for _, old := range o.pruned() {
			if err := c.api.remove(jobsGVR, o.w.namespace, old.name); err != nil {
				return err
			}
			if err := c.api.remove(podsGVR, o.w.namespace, old.pod.name); err != nil {
				return err
			}
		}
		break
	}
	return nil
}

// jobObject returns the Job of a run.
func (o *owner) jobObject(j *job) *batchv1.Job {
	yes, none, one := true, int32(0), int32(1)
	start := metav1.NewTime(j.at)
	out := &batchv1.Job{
		ObjectMeta: metav1.ObjectMeta{
			Name: j.name, Namespace: o.w.namespace, UID: types.UID(j.uid), CreationTimestamp: start, Labels: labelsFor(o.w, "", ""),
			OwnerReferences: []metav1.OwnerReference{{APIVersion: "batch/v1", Kind: kindCronJob, Name: o.w.name, UID: types.UID(o.uid), Controller: &yes, BlockOwnerDeletion: &yes}},
		},
		Spec:   batchv1.JobSpec{BackoffLimit: &none, Parallelism: &one, Completions: &one, Template: corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: j.pod.labels}, Spec: *j.pod.spec.DeepCopy()}},
		Status: batchv1.JobStatus{StartTime: &start},
	}
	if !j.pod.done {
		out.Status.Active = 1
		return out
	}
	end := j.pod.run.current.FinishedAt
	condition := batchv1.JobCondition{Type: batchv1.JobComplete, Status: corev1.ConditionTrue, LastTransitionTime: end}
	if j.failed() {
		out.Status.Failed = 1
		condition.Type, condition.Reason, condition.Message = batchv1.JobFailed, "BackoffLimitExceeded", "Job has reached the specified backoff limit"
	} else {
		out.Status.Succeeded, out.Status.CompletionTime = 1, &end
	}
	out.Status.Conditions = []batchv1.JobCondition{condition}
	return out
}
